import { expect, test } from 'vitest';
import { recordExecutor } from '../../../test/fakes/executor-context.ts';
import { createHandRunClock } from '../../../test/fakes/run-clock.ts';
import { constantVus } from './constant-vus.ts';
import { perVuIterations } from './per-vu-iterations.ts';
import { sharedIterations } from './shared-iterations.ts';

const common = { name: 's', startTimeMs: 0, gracefulStopMs: 1000, exec: 'default', env: {}, tags: {} };

test('shared iterations are drawn from one pot, and the scenario ends with the last of them', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 2, iterationMs: 100 });
  const running = sharedIterations.run(
    { ...common, executor: 'shared-iterations', vus: 2, iterations: 5, maxDurationMs: 600_000 },
    record.context,
  );
  await clock.advance(300);
  await running;
  expect(record.startsMs).toEqual([0, 0, 100, 100, 200]);
  expect(record).toMatchObject({ dropped: 0, interrupted: 0, free: 2 });
});

test('shared iterations that do not begin within the longest time are dropped', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 400 });
  const running = sharedIterations.run(
    { ...common, executor: 'shared-iterations', vus: 1, iterations: 10, maxDurationMs: 1000 },
    record.context,
  );
  await clock.advance(1200);
  await running;
  expect(record).toMatchObject({ startsMs: [0, 400, 800], dropped: 7, interrupted: 0 });
});

test('each VU does its own number of iterations', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 2, iterationMs: 10 });
  const running = perVuIterations.run(
    { ...common, executor: 'per-vu-iterations', vus: 2, iterations: 3, maxDurationMs: 600_000 },
    record.context,
  );
  await clock.advance(30);
  await running;
  expect(record.vuIds.filter((id) => id === 1)).toHaveLength(3);
  expect(record.vuIds).toHaveLength(6);
});

test('looping VUs begin again at once until the duration has passed, and may end what they began', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 2, iterationMs: 400 });
  const running = constantVus.run(
    { ...common, executor: 'constant-vus', vus: 2, durationMs: 1000 },
    record.context,
  );
  await clock.advance(1200);
  await running;
  expect(record).toMatchObject({ startsMs: [0, 0, 400, 400, 800, 800], interrupted: 0, free: 2 });
});

test('an iteration that outlasts gracefulStop is interrupted', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 60_000 });
  const running = constantVus.run(
    { ...common, executor: 'constant-vus', vus: 1, durationMs: 1000 },
    record.context,
  );
  await clock.advance(1999);
  expect(record.interrupted).toBe(0);
  await clock.advance(1);
  await running;
  expect(record).toMatchObject({ interrupted: 1, free: 1 });
});

test('when the run is ended, iterations are interrupted and nothing counts as dropped', async () => {
  const clock = createHandRunClock();
  const record = recordExecutor({ clock, vus: 1, iterationMs: 100 });
  const running = sharedIterations.run(
    { ...common, executor: 'shared-iterations', vus: 1, iterations: 10, maxDurationMs: 600_000 },
    record.context,
  );
  await clock.advance(50);
  record.stop.abort();
  await running;
  expect(record).toMatchObject({ startsMs: [0], interrupted: 1, dropped: 0 });
});
