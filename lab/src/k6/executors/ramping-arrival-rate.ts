import { formatDuration } from '../duration.ts';
import { arrivalsMs, rangeOf, readArrivalVus, runArrivals } from './arrivals.ts';
import { constantNeed, type ExecutorDefinition, readStages, stagesMs } from './definition.ts';

/** Iterations begin at a rate that changes linearly from stage to stage, whether earlier ones have ended or not. */
export const rampingArrivalRate: ExecutorDefinition<'ramping-arrival-rate'> = {
  read(reader) {
    const stages = readStages(reader);
    if (stages.length > 0 && stagesMs(stages) <= 0)
      reader.faults.add(reader.fieldOf('stages'), reader.raw('stages'), 'stages that last longer than 0');
    return {
      startRate: reader.whole('startRate', { least: 0, otherwise: 0 }),
      timeUnitMs: reader.durationMs('timeUnit', 1000, 1),
      stages,
      ...readArrivalVus(reader),
    };
  },
  show: ({ startRate, timeUnitMs, stages, preAllocatedVUs, maxVUs }) => ({
    startRate,
    timeUnit: formatDuration(timeUnitMs),
    stages: stages.map(({ durationMs, target }) => ({ duration: formatDuration(durationMs), target })),
    preAllocatedVUs,
    maxVUs,
  }),
  describe({ startRate, timeUnitMs, stages, preAllocatedVUs, maxVUs }) {
    const most = (Math.max(startRate, ...stages.map(({ target }) => target)) * 1000) / timeUnitMs;
    return [
      `up to ${most.toFixed(2)} iterations/s for ${formatDuration(stagesMs(stages))} over ${stages.length} stages`,
      `maxVUs: ${rangeOf(preAllocatedVUs, maxVUs)}`,
    ];
  },
  regularMs: ({ stages }) => stagesMs(stages),
  needs: ({ stages, gracefulStopMs, preAllocatedVUs }) =>
    constantNeed(stagesMs(stages), gracefulStopMs, preAllocatedVUs),
  mostVus: ({ maxVUs }) => maxVUs,
  run: (scenario, context) =>
    runArrivals(context, {
      ...scenario,
      regularMs: stagesMs(scenario.stages),
      arrivals: arrivalsMs({
        executor: 'ramping-arrival-rate',
        startRate: scenario.startRate,
        timeUnitSeconds: scenario.timeUnitMs / 1000,
        stages: scenario.stages.map(({ durationMs, target }) => ({
          durationSeconds: durationMs / 1000,
          target,
        })),
      }),
    }),
};
