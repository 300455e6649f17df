import { describe, expect, it } from 'vitest';
import { durationSecondsOf, toSchedule, type LoadPlan, type Stream } from './plan.ts';

const routes = [
  { key: 'GET /a', method: 'GET', path: '/a', deadlineMs: 1000 },
  { key: 'GET /b', method: 'GET', path: '/b', deadlineMs: 500 },
] as const;

const constant = {
  executor: 'constant-arrival-rate',
  rate: 10,
  timeUnitSeconds: 1,
  durationSeconds: 2,
  name: 'steady',
  route: 'GET /a',
  startTimeSeconds: 0,
  arrival: 'even',
} as const satisfies Stream;

function ramp(startRate: number, ...stages: { target: number; durationSeconds: number }[]): Stream {
  const { name, route, startTimeSeconds, timeUnitSeconds, arrival } = constant;
  return {
    executor: 'ramping-arrival-rate',
    startRate,
    stages,
    name,
    route,
    startTimeSeconds,
    timeUnitSeconds,
    arrival,
  };
}

function planOf(streams: readonly Stream[], seed = 1): LoadPlan {
  return { seed, routes, streams, inFlightLimit: 100 };
}

function startsOf(streams: readonly Stream[], seed = 1): number[] {
  return [...toSchedule(planOf(streams, seed)).startsMs];
}

describe('toSchedule', () => {
  it('spaces a constant rate evenly, the first at the start', () => {
    const starts = startsOf([constant]);
    expect(starts).toHaveLength(20);
    starts.forEach((startMs, index) => expect(startMs).toBeCloseTo(index * 100, 6));
  });

  it('reads the rate per time unit and shifts by the start time', () => {
    const starts = startsOf([
      { ...constant, rate: 30, timeUnitSeconds: 60, durationSeconds: 4, startTimeSeconds: 5 },
    ]);
    expect(starts).toEqual([5000, 7000]);
  });

  it('plans as many requests on a ramp as the area under it, denser where the rate is higher', () => {
    const starts = startsOf([ramp(0, { target: 100, durationSeconds: 10 })]);
    expect(starts).toHaveLength(500);
    expect(starts.every((startMs) => startMs >= 0 && startMs < 10_000)).toBe(true);
    // Half of the time holds a quarter of the requests: the count grows with the square of time.
    expect(starts.filter((startMs) => startMs < 5000)).toHaveLength(125);
  });

  it('ramps down to zero and stays there', () => {
    const starts = startsOf([ramp(20, { target: 0, durationSeconds: 2 }, { target: 0, durationSeconds: 3 })]);
    expect(starts).toHaveLength(20);
    expect(Math.max(...starts)).toBeLessThanOrEqual(2000);
  });

  it('jumps at a stage of no length', () => {
    const starts = startsOf([
      ramp(1, { target: 10, durationSeconds: 0 }, { target: 10, durationSeconds: 1 }),
    ]);
    expect(starts).toHaveLength(10);
    expect(starts[1]).toBeCloseTo(100, 6);
  });

  it('merges streams in the order of time and keeps their routes', () => {
    const second = { ...constant, name: 'other', route: 'GET /b', startTimeSeconds: 0.05 };
    const { startsMs, routeIndexes } = toSchedule(planOf([constant, second]));
    expect([...startsMs]).toEqual([...startsMs].sort((left, right) => left - right));
    expect([...routeIndexes].slice(0, 4)).toEqual([0, 1, 0, 1]);
  });

  it('gives the same Poisson arrivals for the same seed and others for another', () => {
    const poisson: Stream = { ...constant, arrival: 'poisson', rate: 100 };
    expect(startsOf([poisson], 7)).toEqual(startsOf([poisson], 7));
    expect(startsOf([poisson], 7)).not.toEqual(startsOf([poisson], 8));
  });

  it.each(['poisson', 'poisson-count'] as const)(
    'draws the gaps of %s with the mean, the spread and the tail of an exponential',
    (arrival) => {
      const starts = startsOf([{ ...constant, arrival, rate: 1000, durationSeconds: 50 }]);
      const gaps = starts.slice(1).map((startMs, index) => startMs - (starts[index] ?? 0));
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
      expect(mean).toBeGreaterThan(0.97);
      expect(mean).toBeLessThan(1.03);
      expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.97);
      expect(Math.sqrt(variance) / mean).toBeLessThan(1.03);
      const shareAboveThreeMeans = gaps.filter((gap) => gap > 3 * mean).length / gaps.length;
      expect(shareAboveThreeMeans).toBeCloseTo(Math.exp(-3), 2);
    },
  );

  it('plans the same number of requests for every seed when the count is given', () => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    const counted: Stream = { ...constant, arrival: 'poisson-count', rate: 2.6, durationSeconds: 12 };
    for (const seed of seeds) {
      const starts = startsOf([counted], seed);
      expect(starts).toHaveLength(31);
      expect(starts.every((startMs) => startMs >= 0 && startMs <= 12_000)).toBe(true);
    }
    const plain = seeds.map((seed) => startsOf([{ ...counted, arrival: 'poisson' }], seed).length);
    expect(new Set(plain).size).toBeGreaterThan(10);
  });

  it('gives the same counted arrivals for the same seed and others for another, in the order of time', () => {
    const counted: Stream = { ...constant, arrival: 'poisson-count' };
    const starts = startsOf([counted], 7);
    expect(starts).toEqual(startsOf([counted], 7));
    expect(starts).not.toEqual(startsOf([counted], 8));
    expect(starts).toEqual(starts.toSorted((left, right) => left - right));
  });

  it('lays more counted arrivals where the rate of a ramp is higher, over all its stages', () => {
    const up = { target: 1000, durationSeconds: 10 };
    const stages = ramp(0, up, { target: 1000, durationSeconds: 10 }, { target: 0, durationSeconds: 0 });
    const starts = startsOf([{ ...stages, arrival: 'poisson-count', startTimeSeconds: 3 }]);
    expect(starts).toHaveLength(15_000);
    const countIn = (fromMs: number, toMs: number) =>
      starts.filter((startMs) => startMs >= fromMs && startMs < toMs).length;
    // Areas under the rate; five standard deviations of a binomial count are 5·√(15 000 · p · (1 − p)).
    expect(Math.abs(countIn(3000, 8000) - 1250)).toBeLessThan(170);
    expect(Math.abs(countIn(8000, 13_000) - 3750)).toBeLessThan(266);
    expect(Math.abs(countIn(13_000, 23_000) - 10_000)).toBeLessThan(289);
    expect(countIn(3000, 23_000)).toBe(15_000);
  });

  it('refuses connections that are no whole number of at least 1', () => {
    for (const connections of [0, -1, 2.5, NaN, Infinity]) {
      expect(() => toSchedule({ ...planOf([constant]), connections })).toThrow(
        new RangeError(`connections must be a whole number of at least 1, not ${connections}`),
      );
    }
    expect(toSchedule({ ...planOf([constant]), connections: 1 })).toEqual(toSchedule(planOf([constant])));
  });

  it('refuses a stream of a route that the plan does not have', () => {
    expect(() => toSchedule(planOf([{ ...constant, route: 'GET /none' }]))).toThrow(
      'unknown route GET /none',
    );
  });
});

describe('durationSecondsOf', () => {
  it('ends with the stream that ends last', () => {
    const late: Stream = { ...ramp(1, { target: 1, durationSeconds: 3 }), startTimeSeconds: 4 };
    expect(durationSecondsOf(planOf([constant, late]))).toBe(7);
    expect(durationSecondsOf(planOf([]))).toBe(0);
  });
});
