import { createRandom, drawExponential, type Random } from './random.ts';

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
  readonly arrival: Arrival;
};

/**
 * How the requests of a stream lie in its time, all at the planned rate.
 *
 * - `even`: equally spaced, as k6 does
 * - `poisson`: exponential gaps, seeded; for claims about queueing. The number of requests varies with the seed
 * - `poisson-count`: a Poisson process of which the count is given: always the planned number (rounded), seeded; for low
 *   rates, where the number that the seed happens to give would weigh more than what is measured
 */
export type Arrival = 'even' | 'poisson' | 'poisson-count';

/** Everything that a driver needs to know; the same plan gives the same requests at the same times. */
export interface LoadPlan {
  readonly seed: number;
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  /** More requests than this never await their outcome at once; one beyond it counts as `not-sent`. */
  readonly inFlightLimit: number;
  /**
   * Absent: a client for each request, which opens a connection where none is free and leaves at the deadline.
   *
   * A number: clients that share this many connections, opened at the start, and never leave. A connection is kept until
   * the server closes it, and is opened again when it is needed. An answer that comes after its deadline is awaited, so
   * it blocks its connection; its request is a `timeout` at the deadline. While all connections are busy, requests wait
   * in the client, first come, first served; one whose deadline passes meanwhile is dropped unsent and is a `timeout` as
   * well: to whoever asked, no answer in time is all that there is to see. It is not `not-sent`, and it counts as sent:
   * the driver handed it to the client at its time, which is what lateness and the gate of sent ÷ planned are about.
   */
  readonly connections?: number;
}

/** Intended start of each request, in ms from the plan's start, and the index of its route; sorted by time. */
export interface Schedule {
  readonly startsMs: Float64Array;
  readonly routeIndexes: Uint16Array;
  /** Place of each in the schedule of the whole plan, where this is a share of it; absent where it is the whole. */
  readonly places?: Uint32Array;
}

/** Computes every intended start beforehand, so that a late generator is seen as late and never shifts the plan. */
export function toSchedule(plan: LoadPlan): Schedule {
  checkConnections(plan);
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

function checkConnections({ connections }: LoadPlan): void {
  if (connections === undefined || (Number.isSafeInteger(connections) && connections >= 1)) return;
  throw new RangeError(`connections must be a whole number of at least 1, not ${connections}`);
}

/** Arrivals lie where the cumulative number of planned requests crosses the next target. */
function arrivalsOf(stream: Stream, seed: number): number[] {
  const segments = segmentsOf(stream);
  const planned = segments.reduce((total, segment) => total + plannedIn(segment), 0);
  const targets = targetsOf(stream.arrival, planned, seed);
  const arrivals: number[] = [];
  let segmentStartSeconds = stream.startTimeSeconds;
  let plannedBefore = 0;
  for (const [index, segment] of segments.entries()) {
    const plannedAfter = plannedBefore + plannedIn(segment);
    const border = index === segments.length - 1 ? Infinity : plannedAfter - borderWidth;
    for (const target of targets.slice(arrivals.length)) {
      if (target >= border) break;
      arrivals.push((segmentStartSeconds + solveRamp(segment, target - plannedBefore)) * 1000);
    }
    plannedBefore = plannedAfter;
    segmentStartSeconds += segment.seconds;
  }
  return arrivals;
}

/** A target this close before the end of a segment lies behind it: sums of rates are not exact. */
const borderWidth = 1e-9;

/** Ascending places in the cumulative number of requests, from 0 to `planned`. */
function targetsOf(arrival: Arrival, planned: number, seed: number): number[] {
  if (arrival === 'poisson-count') return drawCounted(createRandom(seed), planned);
  const nextGap = arrival === 'poisson' ? poissonGaps(seed) : () => 1;
  const targets: number[] = [];
  let target = arrival === 'poisson' ? nextGap() : 0;
  while (target < planned - borderWidth) {
    targets.push(target);
    target += nextGap();
  }
  return targets;
}

/**
 * Given their count, the arrivals of a Poisson process lie as that many independent uniform draws, sorted (Ross,
 * "Introduction to Probability Models", §5.3). In the space of the cumulative count this holds for ramps too.
 */
function drawCounted(random: Random, planned: number): number[] {
  const draws = Array.from({ length: Math.round(planned) }, () => random() * planned);
  return draws.sort((left, right) => left - right);
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

function plannedIn({ from, to, seconds }: Segment): number {
  return ((from + to) / 2) * seconds;
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
