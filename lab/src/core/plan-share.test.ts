import { expect, it } from 'vitest';
import { toShare } from './plan-share.ts';
import { type LoadPlan, type Stream, toSchedule } from './plan.ts';

const routes = ['/tasks', '/health'].map((path) => ({
  key: `GET ${path}`,
  method: 'GET' as const,
  path,
  deadlineMs: 1000,
}));
const times = { timeUnitSeconds: 1, startTimeSeconds: 0 } as const;
const constant = (changes: Partial<Stream> = {}): Stream =>
  ({
    ...times,
    executor: 'constant-arrival-rate',
    name: 'tasks',
    route: 'GET /tasks',
    arrival: 'even',
    rate: 100,
    durationSeconds: 3,
    ...changes,
  }) as Stream;
const ramping: Stream = {
  ...times,
  executor: 'ramping-arrival-rate',
  name: 'ramp',
  route: 'GET /health',
  arrival: 'even',
  startRate: 0,
  stages: [
    { target: 90, durationSeconds: 2 },
    { target: 10, durationSeconds: 1 },
  ],
};
const planOf = (streams: readonly Stream[], changes: Partial<LoadPlan> = {}): LoadPlan => ({
  seed: 7,
  routes,
  streams,
  inFlightLimit: 100,
  ...changes,
});
const sharesOf = (plan: LoadPlan, count: number) =>
  Array.from({ length: count }, (_, index) => toShare(plan, { index, count }));

it.each([
  ['even', [constant()]],
  ['poisson', [constant({ arrival: 'poisson' })]],
  ['poisson-count', [constant({ arrival: 'poisson-count' })]],
  ['ramping', [ramping]],
  ['several streams', [constant(), ramping, constant({ name: 'more', startTimeSeconds: 1 })]],
])('all shares together are the plan, each request once and at its time: %s', (_, streams) => {
  const plan = planOf(streams);
  for (const changes of [{}, { connections: 7 }, { connections: 2 }]) {
    const whole = toSchedule(plan);
    const shares = sharesOf({ ...plan, ...changes }, 3);
    const union = shares
      .flatMap(({ schedule }) =>
        [...schedule.startsMs].map((startMs, index) => ({
          place: schedule.places?.[index] ?? -1,
          startMs,
          routeIndex: schedule.routeIndexes[index],
        })),
      )
      .toSorted((left, right) => left.place - right.place);
    expect(union).toEqual(
      [...whole.startsMs].map((startMs, place) => ({
        place,
        startMs,
        routeIndex: whole.routeIndexes[place],
      })),
    );
  }
});

it('gives each generator the same rate at all times', () => {
  const [first, second, third] = sharesOf(planOf([constant({ rate: 300 })]), 3);
  expect([...(second?.schedule.startsMs.slice(0, 3) ?? [])].map(Math.round)).toEqual([3, 13, 23]);
  expect(first?.schedule.startsMs).toHaveLength(300);
  expect(third?.schedule.startsMs).toHaveLength(300);
});

it('divides what may be in flight, and never gives more of it than the plan allows', () => {
  const limits = sharesOf(planOf([constant()], { inFlightLimit: 100 }), 3).map((share) => share.plan);
  expect(limits.map(({ inFlightLimit }) => inFlightLimit)).toEqual([33, 33, 34]);
  expect(limits.map(({ connections }) => connections)).toEqual([undefined, undefined, undefined]);
});

it('divides connections, and gives each generator requests and room as it has connections', () => {
  const shares = sharesOf(planOf([constant()], { connections: 7, inFlightLimit: 70 }), 3);
  expect(shares.map(({ plan }) => plan.connections)).toEqual([3, 2, 2]);
  expect(shares.map(({ plan }) => plan.inFlightLimit)).toEqual([30, 20, 20]);
  expect(shares.map(({ schedule }) => schedule.startsMs.length)).toEqual([128, 86, 86]);
});

it('leaves generators idle where there are fewer connections', () => {
  const shares = sharesOf(planOf([constant()], { connections: 1 }), 3);
  expect(shares.map(({ plan }) => plan.connections)).toEqual([1, 0, 0]);
  expect(shares.map(({ schedule }) => schedule.startsMs.length)).toEqual([300, 0, 0]);
});

it('refuses a plan without a single connection, as the whole plan is refused', () => {
  expect(() => sharesOf(planOf([constant()], { connections: 0 }), 3)).toThrow(
    'connections must be a whole number of at least 1, not 0',
  );
});
