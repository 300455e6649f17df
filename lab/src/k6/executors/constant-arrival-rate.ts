import { formatDuration } from '../duration.ts';
import { arrivalsMs, rangeOf, readArrivalVus, runArrivals } from './arrivals.ts';
import { constantNeed, type ExecutorDefinition } from './definition.ts';

/** Iterations begin at an even rate, whether earlier ones have ended or not. */
export const constantArrivalRate: ExecutorDefinition<'constant-arrival-rate'> = {
  read: (reader) => ({
    rate: reader.whole('rate', { least: 1 }),
    timeUnitMs: reader.durationMs('timeUnit', 1000, 1),
    durationMs: reader.durationMs('duration', undefined, 1),
    ...readArrivalVus(reader),
  }),
  show: ({ rate, timeUnitMs, durationMs, preAllocatedVUs, maxVUs }) => ({
    rate,
    timeUnit: formatDuration(timeUnitMs),
    duration: formatDuration(durationMs),
    preAllocatedVUs,
    maxVUs,
  }),
  describe: ({ rate, timeUnitMs, durationMs, preAllocatedVUs, maxVUs }) => [
    `${((rate * 1000) / timeUnitMs).toFixed(2)} iterations/s for ${formatDuration(durationMs)}`,
    `maxVUs: ${rangeOf(preAllocatedVUs, maxVUs)}`,
  ],
  regularMs: ({ durationMs }) => durationMs,
  needs: ({ durationMs, gracefulStopMs, preAllocatedVUs }) =>
    constantNeed(durationMs, gracefulStopMs, preAllocatedVUs),
  mostVus: ({ maxVUs }) => maxVUs,
  run: (scenario, context) =>
    runArrivals(context, {
      ...scenario,
      regularMs: scenario.durationMs,
      arrivals: arrivalsMs({
        executor: 'constant-arrival-rate',
        rate: scenario.rate,
        timeUnitSeconds: scenario.timeUnitMs / 1000,
        durationSeconds: scenario.durationMs / 1000,
      }),
    }),
};
