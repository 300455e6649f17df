import { expect, it, vi } from 'vitest';
import { createHandClock } from '../../../test/fakes/hand-clock.ts';
import { startProbes } from './probes.ts';
import type { ProbesOptions } from './probes.ts';

const second = 1000;
const every = (periodSeconds: number, failureThreshold = 3, successThreshold = 1) => ({
  path: '/ready',
  periodSeconds,
  timeoutSeconds: 1,
  failureThreshold,
  successThreshold,
});
const liveness = { ...every(10), path: '/live' };
const startup = { ...every(5, 4), path: '/started' };

/** A container whose answers are set by path; what is asked is noted as `seconds path`. */
function begin(
  probes: Pick<ProbesOptions, 'readiness' | 'liveness' | 'startup'>,
  failing: readonly string[] = [],
) {
  const clock = createHandClock(0);
  const answers: Record<string, boolean> = { '/ready': true, '/live': true, '/started': true };
  for (const path of failing) answers[path] = false;
  const asked: string[] = [];
  const changes: string[] = [];
  const request = vi.fn<ProbesOptions['request']>(async (url) => {
    const path = url.slice('http://x'.length);
    asked.push(`${clock.monotonicMs() / second} ${path}`);
    return answers[path] ?? false;
  });
  const { stop } = startProbes({
    ...probes,
    url: 'http://x',
    clock,
    request,
    onReadiness: (isReady) =>
      changes.push(`${clock.monotonicMs() / second} ${isReady ? 'ready' : 'unready'}`),
    onFailure: (kind) => changes.push(`${clock.monotonicMs() / second} ${kind}`),
  });
  return { clock, answers, asked, changes, request, stop };
}

it('probes at once and then once per period, with the path and timeout of the probe', async () => {
  const { clock, asked, request } = begin({ readiness: every(10) });
  await clock.advance(25 * second);
  expect(asked).toEqual(['0 /ready', '10 /ready', '20 /ready']);
  expect(request).toHaveBeenCalledWith('http://x/ready', 1000, expect.any(AbortSignal));
});

it('is ready after so many successes in a row and unready after so many failures in a row', async () => {
  const { clock, answers, changes } = begin({ readiness: every(1, 3, 2) });
  await clock.advance(4.5 * second);
  answers['/ready'] = false;
  await clock.advance(2 * second);
  answers['/ready'] = true;
  await clock.advance(second);
  answers['/ready'] = false;
  await clock.advance(3 * second);
  expect(changes).toEqual(['1 ready', '10 unready']);
});

it('says nothing while a container that was never ready fails', async () => {
  const { clock, asked, changes } = begin({ readiness: every(1) }, ['/ready']);
  await clock.advance(10 * second);
  expect([asked.length, changes]).toEqual([11, []]);
});

it('counts a request that rejects as a failure', async () => {
  const { clock, changes, request } = begin({ readiness: every(1), liveness });
  await clock.advance(0);
  request.mockRejectedValue(new Error('connection refused'));
  await clock.advance(30 * second);
  expect(changes).toEqual(['0 ready', '3 unready', '30 liveness']);
});

it('reports a failed liveness once, and goes on with readiness only', async () => {
  const { clock, asked, changes } = begin({ readiness: every(10), liveness }, ['/live']);
  await clock.advance(60 * second);
  expect(changes).toEqual(['0 ready', '20 liveness']);
  expect(asked.filter((one) => one.endsWith('/live'))).toHaveLength(3);
  expect(asked.filter((one) => one.endsWith('/ready'))).toHaveLength(7);
});

it('holds liveness and readiness back until the startup probe has succeeded, which is then over', async () => {
  const { clock, answers, asked } = begin({ readiness: every(10), liveness, startup }, ['/started']);
  await clock.advance(4 * second);
  answers['/started'] = true;
  await clock.advance(16 * second);
  const of = (path: string) => asked.filter((one) => one.endsWith(path)).map((one) => Number.parseFloat(one));
  expect(of('/started')).toEqual([0, 5]);
  expect(of('/ready')).toEqual([5, 10, 20]);
  expect(of('/live')).toEqual([10, 20]);
});

it('reports a startup probe that reaches its threshold, and probes nothing any more', async () => {
  const { clock, asked, changes } = begin({ readiness: every(1), liveness, startup }, ['/started']);
  await clock.advance(60 * second);
  expect(changes).toEqual(['15 startup']);
  expect(asked).toHaveLength(4);
});

it('never has two probes of a kind under way; one that lasts longer is followed by the next at once', async () => {
  const { clock, asked, request } = begin({ readiness: every(1) });
  await clock.advance(0);
  request.mockImplementation(async () => {
    asked.push(`${clock.monotonicMs() / second} slow`);
    await clock.sleep(2.5 * second, new AbortController().signal);
    return true;
  });
  await clock.advance(6 * second);
  request.mockImplementation(async () => {
    asked.push(`${clock.monotonicMs() / second} fast`);
    return true;
  });
  await clock.advance(4.5 * second);
  expect(asked).toEqual(['0 /ready', '1 slow', '3.5 slow', '6 slow', '8.5 fast', '9 fast', '10 fast']);
});

it('ends what is under way when it is stopped, and calls nobody afterwards', async () => {
  const { clock, changes, request, stop } = begin({ readiness: every(1) });
  await clock.advance(0);
  let signal: AbortSignal | undefined;
  request.mockImplementation(async (_url, _timeoutMs, given) => {
    signal = given;
    await clock.sleep(0.5 * second, new AbortController().signal);
    return false;
  });
  await clock.advance(3.2 * second);
  const calls = request.mock.calls.length;
  stop();
  expect(signal?.aborted).toBe(true);
  await clock.advance(10 * second);
  expect(request).toHaveBeenCalledTimes(calls);
  expect(changes).toEqual(['0 ready']);
});
