import { expect, test } from 'vitest';
import { behaviourPorts } from '../../test/behaviour-ports.ts';
import { createRandom } from '../kernel/random.ts';
import { delay } from './delay.ts';

type Distribution = 'constant' | 'exponential' | 'uniform';

/** The waits that requests get which asked for 5 s. */
const draws = (delayDistribution: Distribution, delayMs: number, count: number, seed = 1) => {
  const random = createRandom(seed);
  const effect = delay.start({ delayMs, delayDistribution }, behaviourPorts({ random }));
  return Array.from({ length: count }, () => effect?.delayMs?.(5000) ?? Number.NaN).sort((a, b) => a - b);
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const quantile = (sorted: readonly number[], ratio: number) => sorted[Math.floor(ratio * sorted.length)];

test('the set delay takes the place of the one that was asked for, zero included', () => {
  expect(delay.start({ delayMs: 250 }, behaviourPorts())?.delayMs?.(5000)).toBe(250);
  expect(delay.start({ delayMs: 0 }, behaviourPorts())?.delayMs?.(5000)).toBe(0);
});

test('without a delay there is no effect', () => {
  expect(delay.start({}, behaviourPorts())).toBeUndefined();
});

test('the largest delay is configuration', () => {
  expect(delay.settings({ maxDelaySeconds: 2 }).delayMs).toMatchObject({ maximum: 2000 });
});

test('a constant delay is the same every time', () => {
  expect(new Set(draws('constant', 25, 100))).toEqual(new Set([25]));
});

test('an exponential delay has the mean that was set, its median at ln 2 and its 99th percentile at ln 100 of it', () => {
  const sorted = draws('exponential', 25, 50_000);
  expect(Math.abs(mean(sorted) - 25)).toBeLessThan(0.5);
  expect(quantile(sorted, 0.5)).toBeCloseTo(25 * Math.log(2), 0);
  expect(Math.abs((quantile(sorted, 0.99) ?? 0) - 25 * Math.log(100))).toBeLessThan(5);
});

test('a uniform delay lies evenly between 0 and twice the mean that was set', () => {
  const sorted = draws('uniform', 25, 50_000);
  expect(sorted[0]).toBeGreaterThanOrEqual(0);
  expect(sorted.at(-1)).toBeLessThan(50);
  for (const ratio of [0.1, 0.5, 0.9]) expect(quantile(sorted, ratio)).toBeCloseTo(50 * ratio, 0);
});

test.each(['exponential', 'uniform'] as const)('%s delays come again with their seed', (distribution) => {
  expect(draws(distribution, 25, 50, 7)).toEqual(draws(distribution, 25, 50, 7));
  expect(draws(distribution, 25, 50, 8)).not.toEqual(draws(distribution, 25, 50, 7));
});

test('no draw is longer than the largest delay', () => {
  const limits = { maxDelaySeconds: 2 };
  const ports = behaviourPorts({ limits, random: () => 1 - 2 ** -32 });
  const effect = delay.start({ delayMs: 1500, delayDistribution: 'exponential' }, ports);
  expect(effect?.delayMs?.(0)).toBe(2000);
});

test('a distribution without a delay is a fault', () => {
  expect(delay.check?.({ delayDistribution: 'uniform' })).toEqual([
    { field: 'delayDistribution', received: 'uniform', legal: 'only together with delayMs' },
  ]);
  expect(delay.check?.({ delayDistribution: 'uniform', delayMs: 0 })).toEqual([]);
});
