import type { Calibration, Scenario } from './scenario.ts';

const goldenRatio = (1 + Math.sqrt(5)) / 2;
/** Takes some tens of milliseconds on most machines: long enough to be measured by CPU time. */
const probedIndex = 34;
const largestIndex = 45;

/** Path of the route whose cost was chosen by calibration; before it, that of the probe. */
export const fibonacciPath = (index = probedIndex): string => `/api/cpu-intensive?complexity=${index}`;

/** CPU seconds of one request, and what follows from them for the scenario. */
export type FromCost = (path: string, cpuSeconds: number) => Pick<Scenario, 'routes' | 'load'>;

/**
 * Chooses the Fibonacci number whose naive recursion takes about `wantedMs` of CPU here: each step up of the index costs
 * the golden ratio as much (the recursion's calls are themselves Fibonacci numbers), so it is hit within a factor of 1.28.
 */
export function calibrateFibonacci(wantedMs: number, fromCost: FromCost): Calibration {
  return {
    probes: { cpuMs: { path: fibonacciPath(), field: 'cpuMs' } },
    apply: ({ cpuMs = Number.NaN }) => {
      const steps = Math.round(Math.log(wantedMs / cpuMs) / Math.log(goldenRatio));
      const index = Math.max(1, Math.min(largestIndex, probedIndex + steps));
      const cpuSeconds = (cpuMs * goldenRatio ** (index - probedIndex)) / 1000;
      return fromCost(fibonacciPath(index), cpuSeconds);
    },
  };
}
