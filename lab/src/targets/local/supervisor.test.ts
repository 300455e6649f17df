import { afterEach, expect, it, vi } from 'vitest';
import { createHandClock, settle } from '../../../test/fakes/hand-clock.ts';
import { createSupervisor } from './supervisor.ts';
import type {
  ProcessExit,
  ReplicaChange,
  RunningProcess,
  Supervisor,
  SupervisorOptions,
} from './supervisor.ts';

const second = 1000;
const running: Supervisor[] = [];
afterEach(() => Promise.all(running.splice(0).map((supervisor) => supervisor.stop())));

/** Processes that end when they are told to, and answer probes as `healthy` says. */
function begin(changes: Partial<SupervisorOptions> = {}) {
  const clock = createHandClock(0);
  const bed = { healthy: true, oom: false, stopsWith: { code: 0, signal: null } as ProcessExit };
  const starts: number[] = [];
  const events: string[] = [];
  let exit = (_exit: ProcessExit): void => undefined;
  const start = vi.fn<SupervisorOptions['start']>(async () => {
    starts.push(clock.monotonicMs() / second);
    const pid = starts.length;
    const exited = new Promise<ProcessExit>((resolve) => {
      exit = resolve;
    });
    const stop = async (): Promise<void> => {
      events.push(`stop ${pid}`);
      exit(bed.stopsWith);
    };
    return { pid, url: `http://127.0.0.1:${pid}`, exited, stop };
  });
  const probe = vi.fn<SupervisorOptions['probe']>(async () => bed.healthy);
  const supervisor = createSupervisor({
    name: 'backend-1',
    start,
    supervision: { timeScale: 1 },
    clock,
    probe,
    wasOomKilled: () => bed.oom,
    ...changes,
  });
  running.push(supervisor);
  supervisor.onChange((change) => events.push(change));
  const crash = async (code: number | null, signal: NodeJS.Signals | null = null): Promise<void> => {
    exit({ code, signal });
    await settle();
  };
  return { clock, bed, starts, events, start, probe, supervisor, crash };
}

it('is ready as soon as its process listens and answers the default readiness probe', async () => {
  const { supervisor, events, probe } = begin();
  expect([supervisor.ready, supervisor.url, supervisor.pid]).toEqual([false, null, null]);
  await supervisor.firstReady;
  expect([supervisor.ready, supervisor.url, supervisor.pid]).toEqual([true, 'http://127.0.0.1:1', 1]);
  expect(probe).toHaveBeenCalledWith('http://127.0.0.1:1/readyz', 1000, expect.any(AbortSignal));
  expect(events).toEqual(['started', 'ready']);
});

it('starts a process that has ended again, each time after twice the back-off', async () => {
  const { clock, supervisor, starts, crash } = begin();
  await supervisor.firstReady;
  for (let crashes = 0; crashes < 3; crashes += 1) {
    await crash(1);
    await clock.advance(60 * second);
  }
  expect(starts).toEqual([0, 0, 70, 140]);
  expect(supervisor.restarts).toBe(3);
});

it('is unready from the end until the next process answers', async () => {
  const { clock, bed, supervisor, events, crash } = begin();
  await supervisor.firstReady;
  bed.healthy = false;
  await crash(1);
  expect(supervisor.ready).toBe(false);
  await clock.advance(second);
  expect([supervisor.ready, supervisor.pid]).toEqual([false, 2]);
  bed.healthy = true;
  await clock.advance(second);
  expect(supervisor.ready).toBe(true);
  expect(events).toEqual(['started', 'ready', 'unready', 'ended', 'started', 'ready']);
});

it.each([
  ['exit code 134 is an error', 134, null, false, { reason: 'Error', exitCode: 134 }],
  ['exit code 0 that nobody asked for is an error too', 0, null, false, { reason: 'Error', exitCode: 0 }],
  ['SIGABRT is 134', null, 'SIGABRT', false, { reason: 'Error', exitCode: 134 }],
  ['SIGKILL is 137', null, 'SIGKILL', false, { reason: 'Error', exitCode: 137 }],
  ['SIGKILL by the limit is OOMKilled', null, 'SIGKILL', true, { reason: 'OOMKilled', exitCode: 137 }],
  ['SIGABRT is not OOMKilled', null, 'SIGABRT', true, { reason: 'Error', exitCode: 134 }],
] as const)('%s', async (_title, code, signal, oom, expected) => {
  const { clock, bed, supervisor, crash } = begin();
  await clock.advance(2 * second);
  bed.oom = oom;
  await crash(code, signal);
  const incident = { replica: 'backend-1', monotonicMs: 2 * second, ...expected };
  expect(supervisor.incidents).toEqual([incident]);
  expect(supervisor.lastTermination).toEqual(incident);
});

const liveness = { path: '/healthz', periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 };

it('stops a process that fails its liveness probe, and starts it again with back-off', async () => {
  const { clock, bed, supervisor, starts, events } = begin({ supervision: { timeScale: 1, liveness } });
  await supervisor.firstReady;
  bed.healthy = false;
  bed.stopsWith = { code: null, signal: 'SIGKILL' };
  await clock.advance(35 * second);
  expect(events.slice(0, 5)).toEqual(['started', 'ready', 'unready', 'stop 1', 'ended']);
  expect(supervisor.lastTermination).toMatchObject({
    reason: 'Liveness',
    exitCode: 137,
    monotonicMs: 30_000,
  });
  expect(starts).toEqual([0, 30]);
});

it('scales its back-off, and no probe', async () => {
  const { clock, supervisor, starts, probe, crash } = begin({ supervision: { timeScale: 0.1, liveness } });
  await supervisor.firstReady;
  await crash(1);
  await clock.advance(0);
  await crash(1);
  await clock.advance(second);
  expect(starts).toEqual([0, 0, 1]);
  expect(probe).toHaveBeenCalledWith('http://127.0.0.1:1/healthz', 1000, expect.any(AbortSignal));
});

it('tells a failed first start, and tries again with back-off', async () => {
  const start = vi.fn<SupervisorOptions['start']>().mockRejectedValue(new Error('no such program'));
  const { clock, supervisor } = begin({ start });
  await expect(supervisor.firstReady).rejects.toThrow('no such program');
  await clock.advance(31 * second);
  expect(start).toHaveBeenCalledTimes(4);
  expect(supervisor.lastTermination).toMatchObject({ reason: 'Error', exitCode: 1 });
});

it('takes the way a start failed from its error', async () => {
  const error = Object.assign(new Error('killed'), { exit: { code: null, signal: 'SIGTERM' } });
  const { supervisor } = begin({ start: () => Promise.reject(error) });
  await settle();
  expect(supervisor.lastTermination).toMatchObject({ reason: 'Error', exitCode: 143 });
});

it('knows a start that the memory limit ended by the limit alone', async () => {
  const { supervisor } = begin({ start: () => Promise.reject(new Error('ended')), wasOomKilled: () => true });
  await settle();
  expect(supervisor.lastTermination).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
});

it('is unready before it stops its process, once, and what was asked for is no incident', async () => {
  const { clock, supervisor, events, starts } = begin();
  await supervisor.firstReady;
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  await clock.advance(600 * second);
  expect(events).toEqual(['started', 'ready', 'unready', 'stop 1', 'ended']);
  expect([supervisor.incidents.length, starts.length]).toEqual([0, 1]);
});

it('does not start again what is stopped during the back-off', async () => {
  const { clock, supervisor, starts, crash } = begin();
  await supervisor.firstReady;
  await crash(1);
  await clock.advance(0);
  await crash(1);
  await supervisor.stop();
  await clock.advance(600 * second);
  expect(starts).toHaveLength(2);
});

it('stops a process that listens only after it was told to stop', async () => {
  let listens = (_process: RunningProcess): void => undefined;
  const stop = vi.fn<RunningProcess['stop']>(() => Promise.resolve());
  const { supervisor, events } = begin({ start: () => new Promise((resolve) => (listens = resolve)) });
  const stopped = supervisor.stop();
  listens({ pid: 1, url: 'http://x', exited: Promise.resolve({ code: 0, signal: null }), stop });
  await stopped;
  expect(stop).toHaveBeenCalledOnce();
  expect(events).toEqual([]);
  await expect(supervisor.firstReady).rejects.toThrow('stopped before it was ready');
});

it('tells a listener nothing after it has left', async () => {
  const { supervisor } = begin();
  const listener = vi.fn<(change: ReplicaChange) => void>();
  supervisor.onChange(listener)();
  await supervisor.firstReady;
  expect(listener).not.toHaveBeenCalled();
});
