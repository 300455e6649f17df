import { expect, it, vi } from 'vitest';
import { settle } from '../../../test/fakes/hand-clock.ts';
import type { ManagedReplica } from './replica.ts';
import { createReplicaSet } from './replica-set.ts';

/** Replicas that are ready when the test says so. */
function begin() {
  const log: string[] = [];
  const ready = new Map<string, () => void>();
  const broken = new Map<string, (error: Error) => void>();
  const clock = { monotonicMs: () => 7 };
  const set = createReplicaSet(clock, (name, ending) => {
    log.push(`start ${name}`);
    return new Promise((resolve, reject) => {
      ready.set(name, () => resolve(replica(name, log)));
      broken.set(name, reject);
      ending.addEventListener('abort', () => reject(ending.reason as Error));
    });
  });
  const fail = (name: string) => broken.get(name)?.(new Error(`${name} is broken`));
  return { set, log, ready: (name: string) => ready.get(name)?.(), fail };
}

function replica(name: string, log: string[], stopping = Promise.resolve()): ManagedReplica {
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
      return stopping;
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

it('a start that fails is told to who asked and to who watches; the others stay, and can be added to', async () => {
  const { set, ready, fail } = begin();
  const scaled = set.scale(2).catch((error: unknown) => (error as Error).message);
  await vi.waitFor(() => expect(set.pending.size).toBe(2));
  fail('backend-1');
  ready('backend-2');
  expect(await scaled).toBe('backend-1 is broken');
  await expect(set.failed).rejects.toThrow('backend-1 is broken');
  expect(names(set.replicas)).toEqual(['backend-2']);
  const again = set.scale(2);
  await vi.waitFor(() => expect([...set.pending.keys()]).toEqual(['backend-3']));
  ready('backend-3');
  await again;
  expect(names(set.replicas)).toEqual(['backend-2', 'backend-3']);
});

it('what happened to a replica is known at every moment of its removal', async () => {
  let end = (): void => undefined;
  const stopping = new Promise<void>((resolve) => {
    end = resolve;
  });
  const set = createReplicaSet({ monotonicMs: () => 0 }, (name) =>
    Promise.resolve(replica(name, [], stopping)),
  );
  await set.scale(2);
  const removal = set.scale(1);
  await vi.waitFor(() => expect(set.replicas).toHaveLength(1));
  const during = set.incidents.map(({ replica: name }) => name);
  end();
  await removal;
  expect(during).toEqual(['backend-1', 'backend-2']);
  expect(set.incidents.map(({ replica: name }) => name)).toEqual(during);
});

it('a stop during a start is no failure', async () => {
  const { set } = begin();
  const onFailed = vi.fn<() => void>();
  set.failed.catch(onFailed);
  const scaled = set.scale(1).catch(() => undefined);
  await vi.waitFor(() => expect(set.pending.size).toBe(1));
  await set.stop();
  await scaled;
  await settle();
  expect(onFailed).not.toHaveBeenCalled();
});
