import { type Static, Type } from 'typebox';
import { type LoadPlan, type Stream, durationSecondsOf, toSchedule } from './plan.ts';
import { resolveArm } from './resolve-arm.ts';
import type { Scenario } from './scenario.ts';
import { formatProtections } from './settings.ts';
import { toLoadPlan, toWindows } from './timeline.ts';

const streamCommon = {
  name: Type.String(),
  /** Key of a route. */
  route: Type.String(),
  timeUnitSeconds: Type.Number(),
  startTimeSeconds: Type.Number(),
  arrival: Type.Enum(['even', 'poisson', 'poisson-count']),
  /** Intended starts in ms from the plan's start; absent where arrivals are even. */
  arrivalsMs: Type.Optional(Type.Array(Type.Number())),
};

/** The document that `lab plan` writes: all that a load generator needs to make the load of one arm. */
export const planDocumentSchema = Type.Object(
  {
    format: Type.Literal(1),
    scenario: Type.String(),
    arm: Type.String(),
    /** As the backend's variable PROTECTIONS takes them. */
    protections: Type.String(),
    seed: Type.Integer(),
    baseUrl: Type.Optional(Type.String({ format: 'uri' })),
    /** False: the load is the catalogue's, and was not fitted to this machine; null: it need not be. */
    calibrated: Type.Union([Type.Boolean(), Type.Null()]),
    durationSeconds: Type.Number(),
    phases: Type.Array(
      Type.Object({ name: Type.String(), startSeconds: Type.Number(), endSeconds: Type.Number() }),
    ),
    routes: Type.Array(
      Type.Object({
        key: Type.String(),
        method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
        path: Type.String(),
        body: Type.Optional(Type.String()),
        deadlineMs: Type.Number(),
      }),
    ),
    streams: Type.Array(
      Type.Union([
        Type.Object({
          ...streamCommon,
          executor: Type.Literal('constant-arrival-rate'),
          rate: Type.Number(),
          durationSeconds: Type.Number(),
        }),
        Type.Object({
          ...streamCommon,
          executor: Type.Literal('ramping-arrival-rate'),
          startRate: Type.Number(),
          stages: Type.Array(Type.Object({ target: Type.Number(), durationSeconds: Type.Number() })),
        }),
      ]),
    ),
    trigger: Type.Union([
      Type.Object({
        startSeconds: Type.Number(),
        endSeconds: Type.Number(),
        /** For the downstream's control API. */
        behaviour: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        /** What only the lab can do: a fault of an edge, or replicas that are added. */
        fault: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        replicas: Type.Optional(Type.Integer()),
      }),
      Type.Null(),
    ]),
  },
  { additionalProperties: false, title: 'Load plan of one arm' },
);

export type PlanDocument = Static<typeof planDocumentSchema>;

export interface PlanChoice {
  readonly armName: string;
  readonly seed: number;
  readonly baseUrl?: string;
}

/** The load of an arm as a document; the load of a scenario that needs calibration is the catalogue's. */
export function toPlanDocument(scenario: Scenario, { armName, seed, baseUrl }: PlanChoice): PlanDocument {
  const arm = scenario.arms[armName];
  if (arm === undefined) throw new RangeError(`${scenario.name} has no arm ${armName}`);
  const resolved = resolveArm(scenario, arm);
  const plan = toLoadPlan(resolved, seed);
  return {
    format: 1,
    scenario: scenario.name,
    arm: armName,
    protections: formatProtections(arm.protections),
    seed,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    calibrated: scenario.calibration === undefined ? null : false,
    durationSeconds: durationSecondsOf(plan),
    phases: Object.entries(toWindows(resolved)).map(([name, { startSecond, endSecond }]) => ({
      name,
      startSeconds: startSecond,
      endSeconds: endSecond,
    })),
    routes: plan.routes.map((route) => ({ ...route })),
    streams: plan.streams.map((stream, index) => withArrivals(plan, stream, index)),
    trigger: toTrigger(resolved),
  };
}

/** The same draws as the driver makes: a stream's seed is the plan's plus its place. */
function withArrivals(plan: LoadPlan, stream: Stream, index: number): PlanDocument['streams'][number] {
  const copy =
    stream.executor === 'constant-arrival-rate'
      ? { ...stream }
      : { ...stream, stages: stream.stages.map((stage) => ({ ...stage })) };
  if (stream.arrival === 'even') return copy;
  const { startsMs } = toSchedule({ ...plan, seed: plan.seed + index, streams: [stream] });
  return { ...copy, arrivalsMs: Array.from(startsMs, (startMs) => Number(startMs.toFixed(3))) };
}

function toTrigger(scenario: Scenario): PlanDocument['trigger'] {
  const window = toWindows(scenario).trigger;
  if (scenario.trigger === null || window === undefined) return null;
  const { behaviour, fault, replicas } = scenario.trigger;
  return {
    startSeconds: window.startSecond,
    endSeconds: window.endSecond,
    ...(behaviour === undefined ? {} : { behaviour: { ...behaviour } }),
    ...(fault === undefined ? {} : { fault: { ...fault } }),
    ...(replicas === undefined ? {} : { replicas }),
  };
}
