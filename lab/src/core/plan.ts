import { createRandom, drawExponential } from './random.ts';

/** One kind of request. `key` is how people and reports name it, for example `GET /api/tasks`. */
export interface Route {
  readonly key: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, for example `/api/tasks?limit=10`. */
  readonly path: string;
  readonly body?: string;
  /** An answer after this time is not goodput; the client leaves then. */
  readonly deadlineMs: number;
}

/** Fields as in k6's executor `constant-arrival-rate`: `rate` iterations are started every `timeUnitSeconds`. */
export interface ConstantArrivalRate {
  readonly executor: 'constant-arrival-rate';
  readonly rate: number;
  readonly timeUnitSeconds: number;
  readonly durationSeconds: number;
}

/** Fields as in k6's executor `ramping-arrival-rate`: the rate changes linearly to each stage's target. */
export interface RampingArrivalRate {
  readonly executor: 'ramping-arrival-rate';
  readonly startRate: number;
  readonly timeUnitSeconds: number;
  readonly stages: readonly { readonly target: number; readonly durationSeconds: number }[];
}

/** One stream of requests of one route. Several streams together are a load plan. */
export type Stream = (ConstantArrivalRate | RampingArrivalRate) & {
  readonly name: string;
  readonly route: string;
  readonly startTimeSeconds: number;
  /** `even`: equally spaced, as k6 does. `poisson`: exponential gaps, seeded; for claims about queueing. */
  readonly arrival: 'even' | 'poisson';
};

/** Everything that a driver needs to know; the same plan gives the same requests at the same times. */
export interface LoadPlan {
  readonly seed: number;
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  /** More requests than this are never open at once; one beyond it counts as `not-sent`. */
  readonly inFlightLimit: number;
}

/** Intended start of each request, in ms from the plan's start, and the index of its route; sorted by time. */
export interface Schedule {
  readonly startsMs: Float64Array;
  readonly routeIndexes: Uint16Array;
}

/** Computes every intended start beforehand, so that a late generator is seen as late and never shifts the plan. */
export function toSchedule(plan: LoadPlan): Schedule {
  const entries = plan.streams.flatMap((stream, index) => {
    const routeIndex = plan.routes.findIndex((route) => route.key === stream.route);
    if (routeIndex < 0) throw new RangeError(`stream ${stream.name}: unknown route ${stream.route}`);
    return arrivalsOf(stream, plan.seed + index).map((startMs) => ({ startMs, routeIndex }));
  });
  entries.sort((left, right) => left.startMs - right.startMs);
  return {
    startsMs: Float64Array.from(entries, (entry) => entry.startMs),
    routeIndexes: Uint16Array.from(entries, (entry) => entry.routeIndex),
  };
}

/** Seconds from the plan's start until its last stream has ended. */
export function durationSecondsOf(plan: LoadPlan): number {
  return Math.max(0, ...plan.streams.map((stream) => stream.startTimeSeconds + streamSecondsOf(stream)));
}

function streamSecondsOf(stream: Stream): number {
  if (stream.executor === 'constant-arrival-rate') return stream.durationSeconds;
  return stream.stages.reduce((total, stage) => total + stage.durationSeconds, 0);
}

function arrivalsOf(stream: Stream, seed: number): number[] {
  const segments = segmentsOf(stream);
  const nextGap = stream.arrival === 'poisson' ? poissonGaps(seed) : () => 1;
  const arrivals: number[] = [];
  let segmentStartSeconds = stream.startTimeSeconds;
  // Arrivals lie where the cumulative number of planned requests crosses the next target.
  let target = stream.arrival === 'poisson' ? nextGap() : 0;
  let plannedBefore = 0;
  for (const segment of segments) {
    const planned = ((segment.from + segment.to) / 2) * segment.seconds;
    while (target < plannedBefore + planned - 1e-9) {
      arrivals.push((segmentStartSeconds + solveRamp(segment, target - plannedBefore)) * 1000);
      target += nextGap();
    }
    plannedBefore += planned;
    segmentStartSeconds += segment.seconds;
  }
  return arrivals;
}

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

function segmentsOf(stream: Stream): Segment[] {
  if (stream.executor === 'constant-arrival-rate') {
    const ratePerSecond = stream.rate / stream.timeUnitSeconds;
    return [{ from: ratePerSecond, to: ratePerSecond, seconds: stream.durationSeconds }];
  }
  let from = stream.startRate / stream.timeUnitSeconds;
  return stream.stages.map((stage) => {
    const segment = { from, to: stage.target / stream.timeUnitSeconds, seconds: stage.durationSeconds };
    from = segment.to;
    return segment;
  });
}

/** Time in the segment at which `count` requests have been planned: inverts count = from·t + (to − from)·t² ÷ (2·seconds). */
function solveRamp({ from, to, seconds }: Segment, count: number): number {
  if (count <= 0) return 0;
  const slope = seconds === 0 ? 0 : (to - from) / seconds;
  if (Math.abs(slope) < 1e-12) return from === 0 ? 0 : count / from;
  return (2 * count) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * count)));
}

function poissonGaps(seed: number): () => number {
  const random = createRandom(seed);
  return () => drawExponential(random, 1);
}
