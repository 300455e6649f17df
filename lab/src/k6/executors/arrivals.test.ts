import { expect, test } from 'vitest';
import { recordExecutor } from '../../../test/fakes/executor-context.ts';
import { createHandRunClock } from '../../../test/fakes/run-clock.ts';
import { constantArrivalRate } from './constant-arrival-rate.ts';
import { rampingArrivalRate } from './ramping-arrival-rate.ts';

const common = {
  name: 's',
  startTimeMs: 0,
  gracefulStopMs: 1000,
  exec: 'default',
  env: {},
  tags: {},
  timeUnitMs: 1000,
};

test('iterations begin at an even rate though earlier ones still run', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 10, iterationMs: 900 });
  const running = constantArrivalRate.run(
    {
      ...common,
      executor: 'constant-arrival-rate',
      rate: 5,
      durationMs: 1000,
      preAllocatedVUs: 10,
      maxVUs: 10,
    },
    record.context,
  );
  await clock.advance(3000);
  await running;
  expect(record).toMatchObject({ startsMs: [0, 200, 400, 600, 800], dropped: 0, interrupted: 0, free: 10 });
  expect(record.mostActive).toBe(5);
});

test('what is due after a standstill begins at once, and nothing is shifted', async () => {
  const clock = createHandRunClock();
  const stuck = { ...clock, standsStill: true, nowMs: () => (stuck.standsStill ? 0 : clock.nowMs()) };
  const record = recordExecutor({ clock: stuck, vus: 10, iterationMs: 1 });
  const running = constantArrivalRate.run(
    {
      ...common,
      executor: 'constant-arrival-rate',
      rate: 10,
      durationMs: 1000,
      preAllocatedVUs: 10,
      maxVUs: 10,
    },
    record.context,
  );
  await clock.advance(450);
  stuck.standsStill = false;
  await clock.advance(2000);
  await running;
  expect(record.startsMs).toEqual([0, 500, 500, 500, 500, 500, 600, 700, 800, 900]);
});

test('without a free VU an arrival is dropped, and at most one VU is made at a time', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 10_000, makingMs: 250 });
  const running = constantArrivalRate.run(
    {
      ...common,
      executor: 'constant-arrival-rate',
      rate: 10,
      durationMs: 1000,
      preAllocatedVUs: 1,
      maxVUs: 3,
    },
    record.context,
  );
  await clock.advance(2000);
  await running;
  // 0 ms begins; 100 ms asks for the second VU, ready at 350 ms; 500 ms for the third, ready at 750 ms.
  expect(record.startsMs).toEqual([0, 400, 800]);
  expect(record).toMatchObject({ made: 2, dropped: 7, interrupted: 3, free: 3 });
  expect(record.warnings).toEqual(['Insufficient VUs, reached 3 active VUs and cannot initialize more']);
});

test('the rate of a ramp changes linearly', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 20, iterationMs: 1 });
  const running = rampingArrivalRate.run(
    {
      ...common,
      executor: 'ramping-arrival-rate',
      startRate: 0,
      stages: [
        { durationMs: 2000, target: 4 },
        { durationMs: 1000, target: 4 },
      ],
      preAllocatedVUs: 20,
      maxVUs: 20,
    },
    record.context,
  );
  await clock.advance(5000);
  await running;
  const perSecond = [0, 1, 2].map(
    (second) => record.startsMs.filter((startMs) => Math.floor(startMs / 1000) === second).length,
  );
  expect(perSecond).toEqual([1, 3, 4]);
});
