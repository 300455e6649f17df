import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { meterLines } from '../../../test/fakes/stand-in-program.ts';
import type { Conversation } from './conversation.ts';
import { meterCommand, openMeter } from './meter.ts';

/** A container that answers each request with the next of these. */
function createMeter(answers: readonly (readonly string[])[]) {
  let end: (how: string) => void = () => undefined;
  const told: string[] = [];
  const meter = openMeter((onLine): Conversation => {
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    return {
      tell: (line) => {
        const answer = answers[told.length] ?? [];
        told.push(line);
        [...answer, 'end'].forEach(onLine);
      },
      ended,
      stop: () => Promise.resolve(),
    };
  });
  return { meter, told, end: () => end('exit code 137') };
}

it('reads a control group of version 1', async () => {
  const { meter } = createMeter([[...meterLines, 'boot here']]);
  expect(await meter.read()).toEqual({
    cpuSeconds: 1.5,
    periods: 100,
    throttledPeriods: 7,
    throttledSeconds: 0.25,
    memoryBytes: 60_000_000,
    bootId: 'here',
  });
});

it('reads a control group of version 2, which says nothing of periods without a quota', async () => {
  const group = ['usage_usec 2500000', 'memory.current 50000000', 'inactive_file 10000000', 'boot here'];
  const quota = ['nr_periods 10', 'nr_throttled 4', 'throttled_usec 500000'];
  const { meter } = createMeter([group, [...group, ...quota]]);
  expect(await meter.read()).toMatchObject({ cpuSeconds: 2.5, memoryBytes: 40_000_000, periods: 0 });
  expect(await meter.read()).toMatchObject({ periods: 10, throttledPeriods: 4, throttledSeconds: 0.5 });
});

it('gives no reading when a file was missing, and none after its container has ended', async () => {
  const { meter, told, end } = createMeter([['usage_usec 2500000']]);
  expect(await meter.read()).toBeNull();
  end();
  await meter.ended;
  expect(await meter.read()).toBeNull();
  expect(told).toHaveLength(1);
});

it('asks once for all who ask at the same time', async () => {
  const { meter, told } = createMeter([[...meterLines, 'boot here']]);
  const [first, second] = await Promise.all([meter.read(), meter.read()]);
  expect(first).toBe(second);
  expect(told).toHaveLength(1);
});

it.runIf(process.platform === 'linux')('knows the kernel that it runs on, by any shell', () => {
  const [program, ...args] = meterCommand;
  const output = execFileSync(program, args, { input: 'read\n', stdio: ['pipe', 'pipe', 'ignore'] });
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  expect(output.toString().split('\n').slice(-3)).toEqual([`boot ${bootId}`, 'end', '']);
});
