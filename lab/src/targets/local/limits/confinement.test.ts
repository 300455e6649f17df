import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Limits } from '../../target.ts';
import { toLocalHost } from '../local-host.ts';
import { readProcStat } from '../proc-stat.ts';
import type { Confinement, Confiner, LimitKind } from './confinement.ts';
import { detectConfiner } from './detect.ts';

const { platform } = process;
const host = toLocalHost(process, tmpdir());
const runId = `limits-${process.pid}`;
const burn = 'for (;;);';
const sit = 'setInterval(() => {}, 1000);';
const megabyte = 1024 * 1024;

const best = platform === 'linux' ? detectInTest(undefined) : null;
const kinds: readonly LimitKind[] = [
  ...(best !== null && best.kind !== 'emulated' ? [best.kind] : []),
  ...(platform === 'linux' ? (['emulated'] as const) : []),
];

describe.each(kinds)('limits by %s', (kind) => {
  it('hold a program that burns CPU at its quota, and count the periods', async () => {
    const { confinement } = start({ cpuCores: 0.1 }, burn);
    await delay(500);
    const before = confinement.read();
    const startedMs = performance.now();
    await delay(2_000);
    const seconds = (performance.now() - startedMs) / 1_000;
    const after = confinement.read();
    const difference = (name: keyof typeof after): number => (after[name] ?? 0) - (before[name] ?? 0);
    expect(difference('cpuSeconds') / seconds).toBeGreaterThan(0.07);
    expect(difference('cpuSeconds') / seconds).toBeLessThan(0.13);
    expect(difference('periods')).toBeGreaterThanOrEqual(17);
    expect(difference('periods')).toBeLessThanOrEqual(22);
    expect(difference('throttledPeriods')).toBeGreaterThanOrEqual(17);
    expect(difference('throttledSeconds')).toBeGreaterThan(1.5);
  });

  it('leave a program alone that uses little', async () => {
    const beat = `setTimeout(() => { process.send('up'); setInterval(() => {}, 10); }, 1000);`;
    const { child, confinement } = start({ cpuCores: 0.1 }, beat);
    await new Promise((resolve) => child.once('message', resolve));
    await delay(200);
    const before = confinement.read();
    await delay(1_000);
    const after = confinement.read();
    expect(after.throttledPeriods).toBe(before.throttledPeriods);
    expect(after.periods).toBeGreaterThan(before.periods ?? 0);
  });

  it('kill a program that wants more memory, and say so', async () => {
    const grow = `const kept = []; setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 10);`;
    const { child, confinement } = start({ memoryBytes: 128 * megabyte }, grow);
    const wasOomKilled = await new Promise<boolean>((resolve) => {
      child.once('exit', () => resolve(confinement.wasOomKilled()));
    });
    expect(child.signalCode).toBe('SIGKILL');
    expect(wasOomKilled).toBe(true);
    expect(confinement.read().oomKills).toBe(1);
  });

  it('do not call it their own when somebody else kills the program', async () => {
    const { child, confinement } = start({ memoryBytes: 256 * megabyte }, sit);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(confinement.wasOomKilled()).toBe(false);
  });

  it('can be changed while the program runs', async () => {
    const { confinement } = start({ cpuCores: 0.05 }, burn);
    await delay(300);
    confinement.setLimits({});
    await delay(100);
    const before = confinement.read().cpuSeconds ?? 0;
    await delay(500);
    expect((confinement.read().cpuSeconds ?? 0) - before).toBeGreaterThan(0.1);
  });

  it('keep pid, arguments and IPC channel of the program', async () => {
    const { child } = start({ cpuCores: 1 }, `process.send([process.pid, ...process.argv.slice(1)]);`, [
      'a b',
      '$(exit)',
    ]);
    const message = await new Promise((resolve) => child.once('message', resolve));
    expect(message).toEqual([child.pid, 'a b', '$(exit)']);
  });

  it('leave nothing stopped and nothing inside when they are closed', async () => {
    const { child, confinement } = start({ cpuCores: 0.02 }, burn);
    await delay(300);
    await confinement.close();
    await confinement.close();
    const states = [];
    for (let look = 0; look < 10; look += 1) {
      await delay(15);
      states.push(readProcStat(child.pid ?? 0)?.state);
    }
    expect(states).not.toContain('T');
    // A group ends with all that is in it; emulated limits only let go of their process.
    expect(child.signalCode).toBe(kind === 'emulated' ? null : 'SIGKILL');
  });

  function start(
    limits: Limits,
    program: string,
    args: readonly string[] = [],
  ): { readonly child: ChildProcess; readonly confinement: Confinement } {
    const confiner = detectInTest(kind);
    const confinement = confiner.create('program', limits);
    onTestFinished(() => confinement.close());
    const wrapped = confinement.wrap(process.execPath, ['-e', program, ...args]);
    const child = spawn(wrapped.command, wrapped.args, {
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    confinement.adopt(child.pid ?? 0);
    child.once('exit', () => confinement.release());
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, confinement };
  }
});

it('are nowhere to be had but on Linux', () => {
  expect(detectConfiner({ ...host, platform: 'darwin' }, { runId })).toBeNull();
});

function detectInTest(force: string | undefined): Confiner {
  const confiner = detectConfiner(host, { runId, force });
  if (confiner === null) throw new Error('no limits on this machine');
  return confiner;
}
