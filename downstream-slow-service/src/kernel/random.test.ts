import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const draws = (seed: number, stream: string, count = 50) => {
  const random = createRandom(seed, stream);
  return Array.from({ length: count }, () => random());
};

test('the same seed and stream give the same draws', () => {
  expect(draws(7, 'random')).toEqual(draws(7, 'random'));
});

test('another seed or another stream gives other draws', () => {
  expect(draws(8, 'random')).not.toEqual(draws(7, 'random'));
  expect(draws(7, 'slow')).not.toEqual(draws(7, 'random'));
});

test('draws are even from 0 to 1', () => {
  const many = draws(1, 'even', 20_000);
  expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...many)).toBeLessThan(1);
  for (const bound of [0.1, 0.5, 0.9]) {
    const belowRatio = many.filter((draw) => draw < bound).length / many.length;
    expect(Math.abs(belowRatio - bound)).toBeLessThan(0.015);
  }
});
