import { describe, expect, it } from 'vitest';
import { toDesired } from './autoscaler-metric.ts';
import type { MetricInput, PodReading } from './autoscaler-metric.ts';

const nowSeconds = 1000;

const pod = (percent: number | null, changes: Partial<PodReading> = {}): PodReading => ({
  isReady: true,
  startedAtSeconds: 0,
  readinessChangedAtSeconds: 1,
  usage: percent === null ? null : { percent, sinceSeconds: nowSeconds - 15 },
  ...changes,
});
/** Began 20 s ago and is not ready yet. */
const young = (percent: number): PodReading =>
  pod(percent, { isReady: false, startedAtSeconds: 980, readinessChangedAtSeconds: 980 });

const desired = (pods: readonly PodReading[], changes: Partial<MetricInput> = {}) =>
  toDesired({ nowSeconds, currentReplicas: pods.length, targetPercent: 100, pods, timeScale: 1, ...changes });

describe('the formula', () => {
  // kubernetes.io, "Algorithm details": 200m against 100m doubles, 50m halves.
  it.each([
    [200, 4, 8],
    [50, 4, 2],
    [50, 5, 3],
    [111, 2, 3],
  ])('at %i %% of a target of 100 %%, %i replicas become %i', (percent, from, to) => {
    expect(desired(Array.from({ length: from }, () => pod(percent))).replicas).toBe(to);
  });

  // kubernetes.io/blog/2025/04/28: 50 replicas at 90 % of a target of 75 % become 60.
  it('takes the mean of all replicas, in percent of the request', () => {
    const pods = Array.from({ length: 50 }, (_, index) => pod(index % 2 === 0 ? 80 : 100));
    expect(desired(pods, { targetPercent: 75 })).toEqual({
      replicas: 60,
      utilizationPercent: 90,
      held: null,
    });
  });

  it.each([90, 100, 110])('leaves the number alone at %i %%: within the tolerance of 0.1', (percent) => {
    expect(desired([pod(percent), pod(percent)])).toMatchObject({ replicas: 2, held: 'WithinTolerance' });
  });

  it.each([89, 111])('acts at %i %%: beyond the tolerance', (percent) => {
    expect(desired(Array.from({ length: 20 }, () => pod(percent))).held).toBeNull();
  });
});

describe('replicas without a reading', () => {
  it('count as idle when that makes scaling up smaller', () => {
    // (200 + 200 + 0) / 3 = 133 % of 3, not 200 % of 3.
    expect(desired([pod(200), pod(200), pod(null)])).toMatchObject({ replicas: 4, utilizationPercent: 200 });
  });

  it('count as exactly on target when that makes scaling down smaller', () => {
    // (20 + 20 + 100 + 100) / 4 = 60 %.
    expect(desired([pod(20), pod(20), pod(null), pod(null)])).toMatchObject({ replicas: 3 });
  });

  it('never turn the direction: then nothing is done', () => {
    const result = desired([pod(150), pod(null), pod(null)]);
    expect(result).toEqual({ replicas: 3, utilizationPercent: 150, held: 'DirectionReversed' });
  });

  it('can bring it back within the tolerance: then nothing is done', () => {
    expect(desired([pod(200), pod(null)])).toMatchObject({ replicas: 2, held: 'WithinTolerance' });
  });

  it('leave nothing to go by when there are no others', () => {
    expect(desired([pod(null)])).toEqual({ replicas: 1, utilizationPercent: null, held: 'NoMetrics' });
  });
});

describe('replicas that are not ready yet', () => {
  it('count as idle on the way up, whatever they use', () => {
    // (400 + 0 + 0) / 3 = 133 %; (150 + 0 + 0) / 3 = 50 % would be a way down.
    expect(desired([pod(400), young(900), young(900)])).toMatchObject({ replicas: 4 });
    expect(desired([pod(150), young(900), young(900)])).toMatchObject({
      replicas: 3,
      held: 'DirectionReversed',
    });
  });

  it('are left out on the way down', () => {
    expect(desired([pod(50), pod(50), young(900), young(900)])).toMatchObject({ replicas: 1 });
  });

  it('are those that have been unready since within 30 s of their start, even after 300 s', () => {
    const started = { startedAtSeconds: nowSeconds - 400, isReady: false };
    const never = pod(900, { ...started, readinessChangedAtSeconds: started.startedAtSeconds + 29 });
    const ill = pod(900, { ...started, readinessChangedAtSeconds: started.startedAtSeconds + 30 });
    expect(desired([pod(100), never]).utilizationPercent).toBe(100);
    expect(desired([pod(100), ill]).utilizationPercent).toBe(500);
  });

  it('are, within 300 s of the start, also those whose reading began before they became ready', () => {
    const justReady = { readinessChangedAtSeconds: nowSeconds - 5 };
    const warm = pod(900, { ...justReady, startedAtSeconds: nowSeconds - 299 });
    const old = pod(900, { ...justReady, startedAtSeconds: nowSeconds - 300 });
    expect(desired([pod(100), warm]).utilizationPercent).toBe(100);
    expect(desired([pod(100), old]).utilizationPercent).toBe(500);
  });

  it('are so for a tenth of the time at a time scale of 0.1', () => {
    const justReady = { readinessChangedAtSeconds: nowSeconds - 5 };
    const at = (age: number) =>
      desired([pod(100), pod(900, { ...justReady, startedAtSeconds: nowSeconds - age })], { timeScale: 0.1 });
    expect([at(29).utilizationPercent, at(30).utilizationPercent]).toEqual([100, 500]);
  });
});
