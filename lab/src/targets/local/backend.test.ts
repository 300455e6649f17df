import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { createHandClock } from '../../../test/fakes/hand-clock.ts';
import { listen } from '../../../../test/loopback.ts';
import type { Limits, SystemSpec } from '../target.ts';
import { type BackendOptions, createBackend } from './backend.ts';
import type { Confiner, LimitKind } from './limits/confinement.ts';
import type { Launch } from './service-launcher.ts';

const limits = { cpuCores: 0.1, memoryBytes: 64_000_000 };
const plain: SystemSpec = {
  replicas: 1,
  backendEnvironment: {},
  downstreamEnvironment: {},
  ports: 'auto',
};

/** Services that are ready at once, or fail, and what each was told. */
async function begin(spec: Partial<SystemSpec>, changes: Partial<BackendOptions> = {}, failure?: Error) {
  const port = await listen(createServer((_, response) => response.end()));
  const told: Readonly<Record<string, string>>[] = [];
  const log: string[] = [];
  const launch: Launch = (_name, _program, environment) => {
    told.push(environment);
    if (failure !== undefined) return Promise.reject(failure);
    let end = (): void => undefined;
    const exited = new Promise<{ code: number; signal: null }>((resolve) => {
      end = () => resolve({ code: 0, signal: null });
    });
    const stop = (): Promise<void> => {
      log.push('stop');
      end();
      return Promise.resolve();
    };
    const failed = new Promise<never>(() => undefined);
    return Promise.resolve({ pid: 1, port, controlPort: 2, logFile: '', exited, failed, stop });
  };
  const backend = createBackend({
    spec: { ...plain, ...spec },
    environment: { A: '1' },
    ports: null,
    launch,
    confiner: null,
    clock: createHandClock(0),
    signal: new AbortController().signal,
    ...changes,
  });
  return { backend, told, log, port };
}

function confinerOf(kind: LimitKind, log: string[] = []): Confiner {
  const create = (name: string, set: Limits) => {
    log.push(`${name} starts with ${Object.keys(set).join()}`);
    return {
      setLimits: (later: Limits) => void log.push(`then ${Object.keys(later).join()}`),
      wasOomKilled: () => false,
      close: () => Promise.resolve(void log.push('close')),
    };
  };
  return { kind, create: create as unknown as Confiner['create'] };
}

it.each([
  ['emulated', '64000000'],
  ['cgroup-v1', undefined],
  ['cgroup-v2', undefined],
] as const)('by %s limits a service is told its memory limit as %s', async (kind, told) => {
  const bed = await begin({ limits }, { confiner: confinerOf(kind) });
  await bed.backend.scale(1);
  expect(bed.told[0]?.['MEMORY_LIMIT_BYTES']).toBe(told);
});

it('a memory limit that the arm sets in its environment has the last word', async () => {
  const environment = { MEMORY_LIMIT_BYTES: '1' };
  const { backend, told } = await begin({ limits }, { confiner: confinerOf('emulated'), environment });
  await backend.scale(1);
  expect(told[0]?.['MEMORY_LIMIT_BYTES']).toBe('1');
});

it('the CPU quota comes with the readiness, and the group goes with the replica', async () => {
  const log: string[] = [];
  const { backend } = await begin({ limits }, { confiner: confinerOf('cgroup-v2', log) });
  await backend.scale(1);
  expect(log).toEqual(['backend-1 starts with memoryBytes', 'then cpuCores,memoryBytes']);
  await backend.scale(0);
  expect(log.at(-1)).toBe('close');
});

it('a start that fails leaves no group', async () => {
  const log: string[] = [];
  const { backend } = await begin(
    { limits },
    { confiner: confinerOf('cgroup-v2', log) },
    new Error('broken'),
  );
  await expect(backend.scale(1)).rejects.toThrow('broken');
  expect(log).toEqual(['backend-1 starts with memoryBytes', 'close']);
});

it('limits on a machine that has none are refused', async () => {
  const { backend, told } = await begin({ limits });
  await expect(backend.scale(1)).rejects.toMatchObject({ code: 'not-supported' });
  expect(told).toEqual([]);
});

it('a replica takes a free port when it listens; those of the specification are given to it', async () => {
  const free = await begin({});
  await free.backend.scale(1);
  expect(free.told).toEqual([{ A: '1', PORT: '0', CONTROL_PORT: '0' }]);
  const given = await begin({}, { ports: { port: 8000, controlPort: 8100 } });
  await given.backend.scale(1);
  expect(given.told).toEqual([{ A: '1', PORT: '8000', CONTROL_PORT: '8100' }]);
});

it('a supervised replica gets ports to come back to, and is reached there', async () => {
  // Nobody listens on the port that is chosen: the readiness is asked of the address, so it never comes.
  const { backend, told } = await begin({ supervision: { timeScale: 1 } });
  const scaled = backend.scale(1);
  scaled.catch(() => undefined);
  await expect.poll(() => told.length).toBe(1);
  expect(Number(told[0]?.['PORT'])).toBeGreaterThan(0);
  expect(Number(told[0]?.['CONTROL_PORT'])).toBeGreaterThan(0);
  await backend.stop();
  await expect(scaled).rejects.toThrow('the replicas are being stopped');
});
