import { expect, test } from 'vitest';
import { behaviourPorts } from '../../test/behaviour-ports.ts';
import { failure } from './failure.ts';

test('a request fails when its draw is below the ratio, with an error unless another kind is set', () => {
  const draws = [0.29, 0.3, 0.99, 0];
  const effect = failure.start({ failureRatio: 0.3 }, behaviourPorts({ random: () => draws.shift() ?? 1 }));
  expect([1, 2, 3, 4].map(() => effect?.failure?.())).toEqual(['error', undefined, undefined, 'error']);
});

test.each(['error', 'reset', 'hang', 'truncated'] as const)(
  'it fails by %s when that is set',
  (failureKind) => {
    const effect = failure.start({ failureRatio: 1, failureKind }, behaviourPorts());
    expect(effect?.failure?.()).toBe(failureKind);
  },
);

test('a ratio of zero is an effect that never fails, and no ratio is no effect', () => {
  expect(failure.start({ failureRatio: 0 }, behaviourPorts())?.failure?.()).toBeUndefined();
  expect(failure.start({}, behaviourPorts())).toBeUndefined();
});

test('who hangs goes on when the behaviour ends, and who would hang after that does not', async () => {
  const effect = failure.start({ failureRatio: 1, failureKind: 'hang' }, behaviourPorts());
  const { signal } = new AbortController();
  let wentOn = 0;
  const hanging = [1, 2].map(() => effect?.hang?.(signal).then(() => (wentOn += 1)));
  await Promise.resolve();
  expect(wentOn).toBe(0);
  effect?.end?.();
  await Promise.allSettled(hanging.map((wait) => Promise.resolve(wait)));
  await effect?.hang?.(signal);
  expect(wentOn).toBe(2);
});

test('who hangs stops when its client leaves, or has left', async () => {
  const effect = failure.start({ failureRatio: 1, failureKind: 'hang' }, behaviourPorts());
  const leaver = new AbortController();
  const hanging = effect?.hang?.(leaver.signal);
  leaver.abort(new Error('left'));
  await expect(hanging).rejects.toThrow('left');
  await expect(effect?.hang?.(leaver.signal)).rejects.toThrow('left');
});

test('a kind without a ratio is a fault', () => {
  expect(failure.check?.({ failureKind: 'reset' })).toEqual([
    { field: 'failureKind', received: 'reset', legal: 'only together with failureRatio' },
  ]);
  expect(failure.check?.({ failureKind: 'reset', failureRatio: 0 })).toEqual([]);
});
