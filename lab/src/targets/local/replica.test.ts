import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createHandClock } from '../../../test/fakes/hand-clock.ts';
import { createTestFolder } from '../../../../test/local-target.ts';
import { listen } from '../../../../test/loopback.ts';
import type { Limits } from '../target.ts';
import type { Confinement } from './limits/confinement.ts';
import { startPlainReplica, startSupervisedReplica, toStartLimits } from './replica.ts';
import type { ProcessEnd, ServiceProcess } from './service-process.ts';

const limits = { cpuCores: 0.1, memoryBytes: 64_000_000 };
const second = 1000;

/** A real server whose readiness the test turns, a process that is a fake, and what happened in order. */
async function begin(refuse?: Error) {
  const log: string[] = [];
  const bed = { isReady: true };
  const server = createServer((_, response) => {
    response.statusCode = bed.isReady ? 200 : 503;
    response.end('no pool yet');
  });
  const port = await listen(server);
  const ends: ((end: ProcessEnd) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const logFile = join(createTestFolder(), 'backend-1.log');
  writeFileSync(logFile, 'its last words\n');
  const launch = (): Promise<ServiceProcess> => {
    log.push('launch');
    const exited = new Promise<ProcessEnd>((resolve) => void ends.push(resolve));
    const failed = new Promise<never>((_resolve, reject) => void fails.push(reject));
    failed.catch(() => undefined);
    const stop = (): Promise<void> => {
      log.push('stop');
      ends.at(-1)?.({ code: 0, signal: null });
      return Promise.resolve();
    };
    return Promise.resolve({ pid: ends.length, port, controlPort: 2, logFile, exited, failed, stop });
  };
  const confinement = {
    setLimits: (set: Limits) => {
      log.push(`limits ${Object.keys(set).join()}`);
      if (refuse !== undefined) throw refuse;
    },
    wasOomKilled: () => false,
  } as Confinement;
  const clock = createHandClock(0);
  const ending = new AbortController();
  const options = { name: 'backend-1', launch, confinement, limits, clock, signal: ending.signal };
  const address = { name: 'backend-1', url: `http://127.0.0.1:${port}`, controlUrl: 'http://127.0.0.1:2' };
  const supervised = () => startSupervisedReplica({ ...options, address, supervision: { timeScale: 0.1 } });
  return { log, bed, options, address, clock, ending, supervised, ends, fails };
}

it('a replica that is not ready yet has its memory limit, but no CPU quota', () => {
  expect(toStartLimits(limits)).toEqual({ memoryBytes: 64_000_000 });
  expect(toStartLimits({ cpuCores: 0.1 })).toEqual({});
});

it('a plain replica is limited as soon as it answers that it is ready, not before', async () => {
  const { log, bed, options, address } = await begin();
  bed.isReady = false;
  const starting = startPlainReplica(options);
  await vi.waitFor(() => expect(log).toEqual(['launch']));
  bed.isReady = true;
  const replica = await starting;
  expect(log).toEqual(['launch', 'limits cpuCores,memoryBytes']);
  expect(replica).toMatchObject({ address, pid: 1, isReady: true, restarts: 0, incidents: [] });
});

it('a plain replica is unready, and everybody knows, before its process is stopped', async () => {
  const { log, options } = await begin();
  const replica = await startPlainReplica(options);
  replica.onChange(() => log.push(`ready ${replica.isReady}`));
  await replica.stop();
  expect(log.slice(-2)).toEqual(['ready false', 'stop']);
});

it('a plain replica that ends before it is ready says how', async () => {
  const { bed, options, fails } = await begin();
  bed.isReady = false;
  const starting = startPlainReplica(options);
  await vi.waitFor(() => expect(fails).toHaveLength(1));
  fails[0]?.(new Error('ended unasked'));
  await expect(starting).rejects.toThrow('ended unasked');
});

it('a plain replica whose limits are refused is not left running', async () => {
  const { log, options } = await begin(new Error('the kernel refuses'));
  await expect(startPlainReplica(options)).rejects.toThrow('the kernel refuses');
  expect(log.at(-1)).toBe('stop');
});

it('a supervised replica starts again without its quota, and has it when it is ready again', async () => {
  const { log, clock, supervised, ends } = await begin();
  const replica = await supervised();
  expect(log).toEqual(['launch', 'limits cpuCores,memoryBytes']);
  ends[0]?.({ code: 7, signal: null });
  await vi.waitFor(() => expect(replica.pid).toBeNull());
  expect(log.at(-1)).toBe('limits memoryBytes');
  await vi.waitFor(async () => {
    await clock.advance(second);
    expect(replica.isReady).toBe(true);
  });
  expect(log.slice(-2)).toEqual(['launch', 'limits cpuCores,memoryBytes']);
  expect(replica).toMatchObject({ pid: 2, restarts: 1, startedMs: 0 });
  expect(replica.incidents).toMatchObject([{ replica: 'backend-1', reason: 'Error', exitCode: 7 }]);
  await replica.stop();
});

it('a supervised replica that never gets ready is given up after 20 s, with its last words', async () => {
  const { log, bed, clock, supervised } = await begin();
  bed.isReady = false;
  const starting = supervised();
  starting.catch(() => undefined);
  await clock.advance(19.9 * second);
  expect(log).toEqual(['launch']);
  await clock.advance(0.1 * second);
  await expect(starting).rejects.toMatchObject({
    code: 'service-failed',
    message: 'backend-1 was not ready within 20 s:\n  its last words',
  });
  expect(log.slice(0, 2)).toEqual(['launch', 'stop']);
});

it('a supervised replica that is called off while it starts is stopped', async () => {
  const { log, bed, ending, supervised } = await begin();
  bed.isReady = false;
  const starting = supervised();
  starting.catch(() => undefined);
  await vi.waitFor(() => expect(log).toEqual(['launch']));
  ending.abort(new Error('called off'));
  await expect(starting).rejects.toThrow('called off');
  expect(log.slice(0, 2)).toEqual(['launch', 'stop']);
});
