import { afterEach, expect, it, vi } from 'vitest';
import { createHandClock, settle } from '../../../test/fakes/hand-clock.ts';
import type { AutoscalerPolicy } from '../target.ts';
import { startAutoscaling } from './autoscaling.ts';
import type { Autoscaling, AutoscalingOptions } from './autoscaling.ts';

const second = 1000;
const running: Autoscaling[] = [];
afterEach(() => Promise.all(running.splice(0).map((autoscaling) => autoscaling.stop())));

const policy: AutoscalerPolicy = {
  minReplicas: 1,
  maxReplicas: 8,
  averageUtilization: 50,
  requestCores: 0.2,
  syncPeriodSeconds: 1.5,
  stabilizationWindowSeconds: { scaleUp: 0, scaleDown: 30 },
};

/** Replicas that are ready from their start, an old one at first, and share `loadCores` among them. */
function begin(changes: Partial<AutoscalingOptions> = {}) {
  const clock = createHandClock();
  const startMs = clock.monotonicMs();
  const lateMs: number[] = [];
  const looksMs: number[] = [];
  const bed = { loadCores: 0, startsReady: true };
  const replicas: { name: string; ready: boolean; startedMonotonicMs: number; cpuSeconds: number | null }[] =
    [];
  const add = (startedMonotonicMs: number): void => {
    replicas.push({
      name: `backend-${replicas.length + 1}`,
      ready: bed.startsReady,
      startedMonotonicMs,
      cpuSeconds: 0,
    });
  };
  add(startMs - 60 * second);
  const scaled: number[] = [];
  const autoscaling = startAutoscaling({
    policy,
    replicas: 1,
    clock: { ...clock, sleep: (ms, signal) => clock.sleep(ms + (lateMs.shift() ?? 0), signal) },
    read: () => {
      looksMs.push(clock.monotonicMs() - startMs);
      return replicas.map((replica) => ({ ...replica }));
    },
    scaleTo: (wanted) => {
      scaled.push(wanted);
      while (replicas.length < wanted) add(clock.monotonicMs());
      replicas.length = wanted;
    },
    ...changes,
  });
  running.push(autoscaling);
  /** Works until so many seconds after the start, in steps of 0.5 s. */
  const work = async (seconds: number): Promise<void> => {
    for (let done = 0; done < seconds; done += 0.5) {
      const ready = replicas.filter((replica) => replica.ready);
      for (const replica of ready)
        replica.cpuSeconds = (replica.cpuSeconds ?? 0) + (bed.loadCores * 0.5) / ready.length;
      await clock.advance(0.5 * second);
    }
  };
  return { clock, bed, replicas, scaled, autoscaling, work, lateMs, looksMs };
}

it('scales up at the first look at which the mean usage, in percent of the request, is above the target', async () => {
  const { clock, bed, scaled, autoscaling, work } = begin();
  const startMs = clock.monotonicMs();
  bed.loadCores = 0.2;
  await work(1.4);
  expect(scaled).toEqual([2]);
  expect(autoscaling.replicas).toBe(2);
  expect(autoscaling.decisions).toEqual([
    { atMonotonicMs: startMs + 1500, from: 1, to: 2, reason: 'DesiredWithinRange', utilizationPercent: 100 },
  ]);
});

it('comes to rest where the load is at the target, and says nothing more', async () => {
  const { bed, scaled, autoscaling, work } = begin();
  bed.loadCores = 0.4;
  await work(20);
  expect(scaled).toEqual([4]);
  expect(autoscaling.utilizationPercent).toBe(50);
});

it('scales down only when the window of the policy has passed', async () => {
  const { clock, bed, scaled, autoscaling, work } = begin();
  bed.loadCores = 0.4;
  await work(6);
  bed.loadCores = 0.1;
  const idleMs = clock.monotonicMs();
  await work(40);
  expect(scaled).toEqual([4, 1]);
  const waitedMs = (autoscaling.decisions[1]?.atMonotonicMs ?? 0) - idleMs;
  expect(waitedMs).toBeGreaterThan(28 * second);
  expect(waitedMs).toBeLessThanOrEqual(32 * second);
});

it('counts a new replica that does not get ready as idle, so it does not go on adding', async () => {
  const { bed, scaled, work } = begin();
  bed.startsReady = false;
  bed.loadCores = 0.2;
  await work(10);
  expect(scaled).toEqual([2]);
});

it('takes the periods of the policies and of the young in proportion to its own period', async () => {
  const { bed, replicas, scaled, autoscaling, work } = begin({ policy: { ...policy, maxReplicas: 20 } });
  bed.loadCores = 100;
  await work(5);
  expect(scaled).toEqual([5, 10, 20]);
  // 60 s are more than a tenth of 300 s: no longer young, only ill, and so its usage counts.
  replicas.splice(1);
  for (const replica of replicas) replica.ready = false;
  await work(1.5);
  expect(autoscaling.utilizationPercent).not.toBeNull();
});

it('sees through its policies no later than it should when a look comes late', async () => {
  const { bed, scaled, lateMs, work } = begin({ policy: { ...policy, maxReplicas: 20 } });
  // The first sleep is under way already.
  lateMs.push(20, 0);
  bed.loadCores = 100;
  await work(5);
  expect(scaled).toEqual([5, 10, 20]);
});

it('leaves out the looks that it has missed', async () => {
  const { lateMs, looksMs, work } = begin();
  lateMs.push(4000);
  await work(9);
  expect(looksMs).toEqual([0, 1500, 7000, 7500, 9000]);
});

it('has no usage of a replica whose CPU time went down: another process runs now', async () => {
  const { bed, replicas, scaled, autoscaling, work } = begin();
  bed.loadCores = 0.1;
  await work(1.5);
  const [replica] = replicas;
  if (replica !== undefined) replica.cpuSeconds = 0;
  bed.loadCores = 0;
  await work(1.5);
  expect(autoscaling.utilizationPercent).toBeNull();
  expect(scaled).toEqual([]);
});

it('does nothing where the platform cannot say how much CPU was used', async () => {
  const read = () => [{ name: 'backend-1', ready: true, startedMonotonicMs: 0, cpuSeconds: null }];
  const { scaled, work } = begin({ read });
  await work(10);
  expect(scaled).toEqual([]);
});

it('does not wait for a scaling to be done', async () => {
  const { bed, autoscaling, work } = begin({ scaleTo: () => new Promise(() => undefined) });
  bed.loadCores = 0.2;
  await work(3);
  expect(autoscaling.replicas).toBe(2);
  await autoscaling.stop();
});

it('fails with a scaling that fails', async () => {
  const { bed, autoscaling, work } = begin({ scaleTo: () => Promise.reject(new Error('no port left')) });
  bed.loadCores = 0.2;
  await work(2);
  await expect(autoscaling.failed).rejects.toThrow('no port left');
});

it('what is called off by the end is no failure', async () => {
  let callOff = (_error: Error): void => undefined;
  const scaling = new Promise<void>((_resolve, reject) => {
    callOff = reject;
  });
  const { bed, autoscaling, work } = begin({ scaleTo: () => scaling });
  const onFailed = vi.fn<() => void>();
  autoscaling.failed.catch(onFailed);
  bed.loadCores = 1;
  await work(1.5);
  expect(autoscaling.replicas).toBeGreaterThan(1);
  await autoscaling.stop();
  callOff(new Error('the replicas are being stopped'));
  await settle();
  expect(onFailed).not.toHaveBeenCalled();
});

it('fails with a reading that fails', async () => {
  let isBroken = false;
  const read = () => {
    if (isBroken) throw new Error('no such group');
    return [];
  };
  const { autoscaling, work } = begin({ read });
  isBroken = true;
  await work(2);
  await expect(autoscaling.failed).rejects.toThrow('no such group');
});

it('scales nothing any more when it has been stopped', async () => {
  const { bed, scaled, autoscaling, work } = begin();
  await autoscaling.stop();
  bed.loadCores = 1;
  await work(10);
  expect(scaled).toEqual([]);
});
