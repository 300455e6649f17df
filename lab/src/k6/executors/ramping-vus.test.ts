import { expect, test } from 'vitest';
import { recordExecutor } from '../../../test/fakes/executor-context.ts';
import { createHandRunClock } from '../../../test/fakes/run-clock.ts';
import { rampingVus } from './ramping-vus.ts';

const common = {
  name: 's',
  executor: 'ramping-vus',
  startTimeMs: 0,
  gracefulStopMs: 0,
  gracefulRampDownMs: 0,
  exec: 'default',
  env: {},
  tags: {},
} as const;

test('VUs come one by one at equal distances, and go so', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 4, iterationMs: 10_000 });
  const stages = [
    { durationMs: 4000, target: 4 },
    { durationMs: 2000, target: 0 },
  ];
  const running = rampingVus.run({ ...common, startVUs: 0, stages }, record.context);
  const active: number[] = [];
  for (let second = 0; second < 12; second += 1) {
    await clock.advance(500);
    active.push(record.active);
  }
  await running;
  expect(record.startsMs).toEqual([1000, 2000, 3000, 4000]);
  expect(active).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 3, 2, 1, 0]);
  expect(record.free).toBe(4);
});

test('a stage without length changes the number at once', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 3, iterationMs: 10_000 });
  const stages = [
    { durationMs: 0, target: 3 },
    { durationMs: 1000, target: 3 },
  ];
  const running = rampingVus.run({ ...common, startVUs: 0, stages }, record.context);
  await clock.advance(1000);
  await running;
  expect(record.startsMs).toEqual([0, 0, 0]);
});

test('a VU that is to go may end its iteration within gracefulRampDown', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 800 });
  const stages = [
    { durationMs: 1000, target: 0 },
    { durationMs: 1000, target: 0 },
  ];
  const running = rampingVus.run({ ...common, startVUs: 1, gracefulRampDownMs: 700, stages }, record.context);
  await clock.advance(2000);
  await running;
  expect(record).toMatchObject({ startsMs: [0, 800], interrupted: 0 });
});

test('a VU that is wanted again in its grace period goes on', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 1500 });
  const stages = [
    { durationMs: 1000, target: 0 },
    { durationMs: 200, target: 1 },
    { durationMs: 2000, target: 1 },
  ];
  const running = rampingVus.run(
    { ...common, startVUs: 1, gracefulRampDownMs: 1000, stages },
    record.context,
  );
  await clock.advance(3200);
  await running;
  expect(record).toMatchObject({ startsMs: [0, 1500, 3000], interrupted: 1 });
});

test('the VUs that it needs fall with the ramp, later by the grace period', () => {
  const stages = [
    { durationMs: 2000, target: 2 },
    { durationMs: 2000, target: 0 },
  ];
  const scenario = { ...common, startVUs: 0, gracefulRampDownMs: 500, gracefulStopMs: 100, stages };
  expect(rampingVus.needs(scenario)).toEqual([
    { startMs: 2000, endMs: 3500, vus: 1 },
    { startMs: 1000, endMs: 4100, vus: 1 },
  ]);
});
