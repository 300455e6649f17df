import type { LoadPlan } from '../core/plan.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Generator } from './generator.ts';

/** The lab's own driver as one generator among others. */
export function toGenerator(driver: Driver): Generator {
  return {
    name: driver.name,
    loop: 'open: every request at its planned time',
    hasRate: true,
    run: async ({ url, ratePerSecond, durationSeconds, signal }) => {
      const options = { baseUrl: url, signal, onSecond: () => {} };
      const run = await driver.start(planOf(ratePerSecond, durationSeconds), options);
      const { latenessP99Ms } = await run.finished;
      return { ownLatenessP99Ms: latenessP99Ms };
    },
  };
}

function planOf(ratePerSecond: number, durationSeconds: number): LoadPlan {
  return {
    seed: 1,
    inFlightLimit: 20_000,
    routes: [{ key: 'GET /', method: 'GET', path: '/', deadlineMs: 1000 }],
    streams: [
      {
        executor: 'constant-arrival-rate',
        name: 'bench',
        route: 'GET /',
        rate: ratePerSecond,
        timeUnitSeconds: 1,
        durationSeconds,
        startTimeSeconds: 0,
        arrival: 'even',
      },
    ],
  };
}
