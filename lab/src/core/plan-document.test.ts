import { expect, test } from 'vitest';
import { scenario as cascade } from '../scenarios/cascade-failure.ts';
import { scenario as cpu } from '../scenarios/cpu-stress.ts';
import { toSchedule } from './plan.ts';
import { toPlanDocument } from './plan-document.ts';
import { toLoadPlan } from './timeline.ts';

test('the plan of an arm has its streams, phases and trigger', () => {
  const plan = toPlanDocument(cascade, { armName: 'protected', seed: 42, baseUrl: 'http://localhost:8000' });
  expect(plan).toMatchObject({
    format: 1,
    scenario: 'cascade-failure',
    arm: 'protected',
    baseUrl: 'http://localhost:8000',
    calibrated: null,
    streams: [
      { name: 'tasks', route: 'GET /api/tasks', rate: 80, arrival: 'even', startTimeSeconds: 0 },
      { name: 'cascade', route: 'GET /api/cascade-failure', rate: 20 },
    ],
    trigger: { startSeconds: 4, endSeconds: 10, behaviour: { delayMs: 750 } },
  });
  expect(plan.protections).toContain('release-connection');
  expect(plan.phases.map(({ name }) => name)).toEqual(['warm-up', 'baseline', 'trigger', 'during', 'after']);
  expect(plan.durationSeconds).toBe(plan.phases.at(-1)?.endSeconds);
});

test('arrivals that are not even are listed, and are those of the driver', () => {
  const plan = toPlanDocument(cpu, { armName: 'unprotected', seed: 7 });
  const stream = plan.streams.find(({ name }) => name === 'cpu');
  const { startsMs, routeIndexes } = toSchedule(toLoadPlan(cpu, 7));
  const drawn = [...startsMs].filter((_, index) => routeIndexes[index] === 2);
  expect(stream?.arrivalsMs).toEqual(drawn.map((startMs) => Number(startMs.toFixed(3))));
  expect(plan.calibrated).toBe(false);
});
