import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createAutoscalerState, defaultScalingBehavior, recommend } from './autoscaler.ts';
import type { AutoscalerInput, AutoscalerState, ScalingBehavior, ScalingRules } from './autoscaler.ts';
import type { PodReading } from './autoscaler-metric.ts';

/** Old, ready and measured over the last 15 s. */
const pod = (percent: number): PodReading => ({
  isReady: true,
  startedAtSeconds: -10_000,
  readinessChangedAtSeconds: -10_000,
  usage: { percent, sinceSeconds: -15 },
});
const pods = (count: number, percent: number): PodReading[] =>
  Array.from({ length: count }, () => pod(percent));

const input = (
  changes: Partial<AutoscalerInput> & { readonly currentReplicas: number },
): AutoscalerInput => ({
  nowSeconds: 0,
  minReplicas: 1,
  maxReplicas: 1000,
  targetPercent: 50,
  pods: [],
  behavior: defaultScalingBehavior,
  timeScale: 1,
  ...changes,
});

/** A state in which nothing was recommended and nothing scaled. */
const blank: AutoscalerState = { recommendations: [], scaleEvents: [] };

const withRules = (direction: keyof ScalingBehavior, changes: Partial<ScalingRules>): ScalingBehavior => ({
  ...defaultScalingBehavior,
  [direction]: { ...defaultScalingBehavior[direction], ...changes },
});

describe('stabilisation', () => {
  it('takes the highest recommendation of the window when scaling down', () => {
    const state = {
      ...blank,
      recommendations: [
        { atSeconds: -301, replicas: 9 },
        { atSeconds: -299, replicas: 7 },
        { atSeconds: -15, replicas: 3 },
      ],
    };
    const { replicas, reason } = recommend(state, input({ currentReplicas: 10, pods: pods(10, 10) }));
    expect([replicas, reason]).toEqual([7, 'ScaleDownStabilized']);
  });

  it('takes the lowest recommendation of the window when scaling up, and has no window by default', () => {
    const state = { ...blank, recommendations: [{ atSeconds: -15, replicas: 3 }] };
    const up = input({ currentReplicas: 2, pods: pods(2, 100) });
    expect(recommend(state, up)).toMatchObject({ replicas: 4, reason: 'DesiredWithinRange' });
    const behavior = withRules('scaleUp', { stabilizationWindowSeconds: 60 });
    expect(recommend(state, { ...up, behavior })).toMatchObject({ replicas: 3, reason: 'ScaleUpStabilized' });
  });

  it('keeps what was there at the start for one window, then goes down', () => {
    let state = createAutoscalerState(4, 0);
    const seen: number[] = [];
    for (const nowSeconds of [15, 150, 299, 300]) {
      const step = recommend(state, input({ nowSeconds, currentReplicas: 4, pods: pods(4, 10) }));
      ({ state } = step);
      seen.push(step.replicas);
    }
    expect(seen).toEqual([4, 4, 4, 1]);
  });

  it('remembers what the metric wanted, not what was left of it', () => {
    const step = recommend(blank, input({ currentReplicas: 2, maxReplicas: 3, pods: pods(2, 200) }));
    expect(step.replicas).toBe(3);
    expect(step.state.recommendations).toEqual([{ atSeconds: 0, replicas: 8 }]);
  });
});

describe('policies', () => {
  it.each([
    [1, 5],
    [4, 8],
    [5, 10],
  ])('by default %i replicas grow to %i at once: 4 more or twice as many, whichever is more', (from, to) => {
    const step = recommend(blank, input({ currentReplicas: from, pods: pods(from, 1000) }));
    expect(step).toMatchObject({ replicas: to, reason: 'ScaleUpLimit' });
  });

  it('counts what was added within the period', () => {
    const { state } = recommend(blank, input({ currentReplicas: 2, pods: pods(2, 1000) }));
    const again = (nowSeconds: number) =>
      recommend(state, input({ nowSeconds, currentReplicas: 6, pods: pods(6, 1000) })).replicas;
    expect([again(14), again(15)]).toEqual([6, 12]);
  });

  // kubernetes.io, "Scaling policies": 4 pods or 10 % in a minute; from 80 by 8, from 72 by 8 again, from 40 by 4.
  const eased: Partial<ScalingRules> = {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 60 },
      { type: 'Percent', value: 10, periodSeconds: 60 },
    ],
  };
  it.each([
    [80, 72],
    [72, 64],
    [40, 36],
    [12, 10],
  ])('the policy with the most change is taken: %i replicas that should be 10 shrink to %i', (from, to) => {
    const shrinking = input({
      currentReplicas: from,
      pods: pods(from, Math.floor(500 / from)),
      behavior: withRules('scaleDown', eased),
    });
    expect(recommend(blank, { ...shrinking, minReplicas: 10 }).replicas).toBe(to);
  });

  it('`Min` takes the policy with the least change, in both directions', () => {
    const policies = [
      { type: 'Percent', value: 10, periodSeconds: 60 },
      { type: 'Pods', value: 5, periodSeconds: 60 },
    ] as const;
    const least = { policies, selectPolicy: 'Min', stabilizationWindowSeconds: 0 } as const;
    const down = input({ currentReplicas: 100, pods: pods(100, 5), behavior: withRules('scaleDown', least) });
    expect(recommend(blank, down)).toMatchObject({ replicas: 95, reason: 'ScaleDownLimit' });
    const up = input({ currentReplicas: 100, pods: pods(100, 500), behavior: withRules('scaleUp', least) });
    expect(recommend(blank, up).replicas).toBe(105);
  });

  it('`Disabled` never scales in its direction', () => {
    const off = { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 } as const;
    const down = input({ currentReplicas: 8, pods: pods(8, 5), behavior: withRules('scaleDown', off) });
    expect(recommend(blank, down)).toMatchObject({ replicas: 8, reason: 'ScaleDownLimit' });
    const up = input({ currentReplicas: 8, pods: pods(8, 500), behavior: withRules('scaleUp', off) });
    expect(recommend(blank, up)).toMatchObject({ replicas: 8, reason: 'ScaleUpLimit' });
  });
});

describe('bounds', () => {
  it('end every change', () => {
    const up = input({ currentReplicas: 4, maxReplicas: 6, pods: pods(4, 100) });
    expect(recommend(blank, up)).toMatchObject({ replicas: 6, reason: 'TooManyReplicas' });
    const down = input({ currentReplicas: 4, minReplicas: 3, pods: pods(4, 1) });
    expect(recommend(blank, down)).toMatchObject({ replicas: 3, reason: 'TooFewReplicas' });
  });

  it('are kept without asking the metric or a policy when the number is outside of them', () => {
    expect(recommend(blank, input({ currentReplicas: 2, minReplicas: 50 })).replicas).toBe(50);
    expect(recommend(blank, input({ currentReplicas: 20, maxReplicas: 3 })).replicas).toBe(3);
  });

  it('do not bring back what was scaled to 0 by hand', () => {
    expect(recommend(blank, input({ currentReplicas: 0 }))).toMatchObject({
      replicas: 0,
      reason: 'ScalingDisabled',
    });
  });
});

it('does nothing, and remembers nothing, without any reading', () => {
  const step = recommend(blank, input({ currentReplicas: 2, pods: [{ ...pod(0), usage: null }] }));
  expect(step).toMatchObject({ replicas: 2, reason: 'NoMetrics', utilizationPercent: null, state: blank });
});

const anyPod = fc.record({
  isReady: fc.boolean(),
  startedAtSeconds: fc.integer({ min: -600, max: 0 }),
  readinessChangedAtSeconds: fc.integer({ min: -600, max: 0 }),
  usage: fc.option(fc.record({ percent: fc.integer({ min: 0, max: 2000 }), sinceSeconds: fc.constant(-15) })),
});

test('never beyond the bounds, never against the metric, whatever the readings and the past', () => {
  fc.assert(
    fc.property(
      fc.array(anyPod, { maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 8 })),
      fc.array(fc.record({ atSeconds: fc.integer({ min: -400, max: -1 }), replicas: fc.nat(30) })),
      (readings, currentReplicas, [minReplicas, more], recommendations) => {
        const maxReplicas = minReplicas + more;
        const step = recommend(
          { recommendations, scaleEvents: [] },
          input({ currentReplicas, minReplicas, maxReplicas, pods: readings }),
        );
        expect(step.replicas).toBeGreaterThanOrEqual(minReplicas);
        const isInside = currentReplicas >= minReplicas && currentReplicas <= maxReplicas;
        const wantsLess = step.utilizationPercent !== null && step.utilizationPercent <= 50;
        const most = isInside && wantsLess ? currentReplicas : maxReplicas;
        expect(step.replicas).toBeLessThanOrEqual(most);
      },
    ),
  );
});

test('under a steady load it comes to rest where the target is met, and stays there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 10, max: 900 }), (start, loadPercent) => {
      let state = createAutoscalerState(start, 0);
      let replicas = start;
      const rest: number[] = [];
      for (let nowSeconds = 15; nowSeconds <= 1200; nowSeconds += 15) {
        const readings = pods(replicas, loadPercent / replicas);
        const step = recommend(
          state,
          input({ nowSeconds, currentReplicas: replicas, maxReplicas: 20, pods: readings }),
        );
        ({ state, replicas } = step);
        if (nowSeconds > 900) rest.push(replicas);
      }
      expect(new Set(rest).size).toBe(1);
      // Tolerance, and one more percent for the cut to whole ones.
      expect(Math.floor(loadPercent / replicas)).toBeLessThanOrEqual(55);
    }),
  );
});
