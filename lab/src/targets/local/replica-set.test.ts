import { expect, it, vi } from 'vitest';
import type { ManagedReplica } from './replica.ts';
import { createReplicaSet } from './replica-set.ts';

/** Replicas that are ready when the test says so. */
function begin() {
  const log: string[] = [];
  const ready = new Map<string, () => void>();
  const clock = { monotonicMs: () => 7 };
  const set = createReplicaSet(clock, (name, ending) => {
    log.push(`start ${name}`);
    return new Promise((resolve, reject) => {
      ready.set(name, () => resolve(replica(name, log)));
      ending.addEventListener('abort', () => reject(ending.reason as Error));
    });
  });
  return { set, log, ready: (name: string) => ready.get(name)?.() };
}

function replica(name: string, log: string[]): ManagedReplica {
  return {
    address: { name, url: `http://${name}`, controlUrl: `http://${name}:c` },
    pid: 1,
    isReady: true,
    restarts: 0,
    incidents: [{ replica: name, reason: 'Error', exitCode: 1, monotonicMs: Number(name.at(-1)) }],
    confinement: undefined,
    startedMs: 0,
    failed: new Promise<never>(() => undefined),
    onChange: () => undefined,
    stop: () => {
      log.push(`stop ${name}`);
      return Promise.resolve();
    },
  };
}

const names = (replicas: readonly ManagedReplica[]) => replicas.map(({ address }) => address.name);

it('starts what is missing at once, and has it when it is ready', async () => {
  const { set, ready } = begin();
  const scaled = set.scale(2);
  await vi.waitFor(() =>
    expect([...set.pending]).toEqual([
      ['backend-1', 7],
      ['backend-2', 7],
    ]),
  );
  ready('backend-2');
  ready('backend-1');
  await scaled;
  expect(names(set.replicas).sort()).toEqual(['backend-1', 'backend-2']);
  expect(set.pending.size).toBe(0);
});

it('removes the youngest, tells everybody before it is stopped, and keeps what happened to it', async () => {
  const { set, log, ready } = begin();
  const one = set.scale(1);
  await vi.waitFor(() => expect(set.pending.size).toBe(1));
  ready('backend-1');
  await one;
  set.onChange(() => log.push(`now ${names(set.replicas).join()}`));
  await set.scale(0);
  expect(log.slice(-2)).toEqual(['now ', 'stop backend-1']);
  expect(set.incidents.map(({ replica: name }) => name)).toEqual(['backend-1']);
});

it('serves one call after the other', async () => {
  const { set, log, ready } = begin();
  const calls = [set.scale(1), set.scale(0)];
  await vi.waitFor(() => expect(log).toEqual(['start backend-1']));
  ready('backend-1');
  await Promise.all(calls);
  expect(log).toEqual(['start backend-1', 'stop backend-1']);
});

it('a stop ends a start that would never come to its end, and nothing is started afterwards', async () => {
  const { set, log } = begin();
  const scaled = set.scale(1).catch((error: unknown) => (error as Error).message);
  await vi.waitFor(() => expect(set.pending.size).toBe(1));
  await set.stop();
  expect(await scaled).toBe('the replicas are being stopped');
  await set.scale(3);
  expect(log).toEqual(['start backend-1']);
});
