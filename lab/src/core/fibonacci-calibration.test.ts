import { expect, test } from 'vitest';
import { calibrateFibonacci, fibonacciPath } from './fibonacci-calibration.ts';

/** What a machine would choose on which the probe takes so long. */
function chosen(wantedMs: number, cpuMs: number) {
  const found: { path: string; cpuSeconds: number }[] = [];
  const { apply } = calibrateFibonacci(wantedMs, (path, cpuSeconds) => {
    found.push({ path, cpuSeconds });
    return { routes: {}, load: {} };
  });
  apply({ cpuMs }, { cores: 2 });
  return found[0] ?? { path: '', cpuSeconds: 0 };
}

test.each([3, 5, 55, 61, 90, 400, 3000])(
  'on a machine where the probe takes %d ms the request takes about what is wanted',
  (cpuMs) => {
    const { cpuSeconds } = chosen(300, cpuMs);
    expect(cpuSeconds * 1000).toBeGreaterThan(300 / 1.28);
    expect(cpuSeconds * 1000).toBeLessThan(300 * 1.28);
  },
);

test('a machine on which the probe takes what is wanted computes the probe', () => {
  expect(chosen(60, 60)).toEqual({ path: fibonacciPath(), cpuSeconds: 0.06 });
});

test('no index is beyond what the route takes', () => {
  expect(chosen(60_000, 0.1).path).toBe(fibonacciPath(45));
});
