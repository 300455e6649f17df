/**
 * A load plan as `npx lab plan` writes it.
 * @typedef {{ key: string, method: string, path: string, body?: string, deadlineMs: number }} Route
 * @typedef {{ name: string, startSeconds: number, endSeconds: number }} Phase
 * @typedef {{ target: number, durationSeconds: number }} Stage
 * @typedef {{ name: string, timeUnitSeconds: number, startTimeSeconds: number } &
 *   ({ executor: 'constant-arrival-rate', rate: number, durationSeconds: number } |
 *    { executor: 'ramping-arrival-rate', startRate: number, stages: Stage[] })} Rates
 * @typedef {Rates & { route: string, arrival: 'even' | 'poisson' | 'poisson-count', arrivalsMs?: number[] }} WrittenStream
 * @typedef {{ startSeconds: number, endSeconds: number, behaviour?: Record<string, unknown> }} Trigger
 * @typedef {{ format: number, scenario: string, arm: string, seed: number, baseUrl?: string, durationSeconds: number,
 *   phases: Phase[], routes: Route[], streams: WrittenStream[], trigger: Trigger | null }} Written
 */

/**
 * A stream with its route, and with the place of its arrivals in the list of all where it has such a list.
 * @typedef {Rates & { route: Route, vus: number, arrivals?: { first: number, count: number, lastMs: number } }} Stream
 * @typedef {Omit<Written, 'streams' | 'routes'> & { streams: Stream[] }} Plan
 */

const format = 1;

/**
 * The plan without its lists of arrivals.
 * @param {string} text
 * @returns {Plan}
 */
export function readPlan(text) {
  const { routes, streams, ...plan } = parse(text);
  let first = 0;
  /** @type {Stream[]} */
  const read = streams.map((stream) => {
    const route = routes.find(({ key }) => key === stream.route);
    if (route === undefined) throw new Error(`stream ${stream.name}: there is no route ${stream.route}`);
    const common = { ...stream, route, arrivalsMs: [] };
    const arrivalsMs = drawnArrivals(stream);
    if (arrivalsMs === undefined) return { ...common, vus: enoughFor(peakRateOf(stream), route.deadlineMs) };
    const arrivals = { first, count: arrivalsMs.length, lastMs: arrivalsMs.at(-1) ?? 0 };
    first += arrivalsMs.length;
    return { ...common, arrivals, vus: enoughForAll(arrivalsMs, route.deadlineMs) };
  });
  return { ...plan, streams: read.filter(({ arrivals }) => arrivals?.count !== 0) };
}

/**
 * The arrivals of all streams that have such a list, one after the other, in ms from the start of the plan.
 * @param {string} text
 */
export function readArrivals(text) {
  return parse(text).streams.flatMap((stream) => drawnArrivals(stream) ?? []);
}

/**
 * @param {Stream} stream
 * @returns {import('k6/options').Scenario}
 */
export function scenarioOf(stream) {
  const { startTimeSeconds, arrivals, vus, route } = stream;
  const common = {
    exec: 'send',
    startTime: `${Math.round(startTimeSeconds * 1000)}ms`,
    gracefulStop: `${route.deadlineMs + 1000}ms`,
  };
  if (arrivals !== undefined) {
    const lastsMs = Math.ceil(arrivals.lastMs - startTimeSeconds * 1000 + route.deadlineMs + 5000);
    const iterations = { vus: Math.min(vus, arrivals.count), iterations: arrivals.count };
    return { executor: 'shared-iterations', ...common, ...iterations, maxDuration: `${lastsMs}ms` };
  }
  // k6 takes whole numbers only: rates are given by the thousand time units where they are not.
  const rates = ratesOf(stream);
  const scale = rates.every(Number.isInteger) ? 1 : 1000;
  const rated = {
    ...common,
    timeUnit: `${Math.round(stream.timeUnitSeconds * scale * 1000)}ms`,
    preAllocatedVUs: vus,
    maxVUs: vus,
  };
  if (stream.executor === 'constant-arrival-rate') {
    const duration = `${Math.round(stream.durationSeconds * 1000)}ms`;
    return { executor: stream.executor, ...rated, rate: Math.round(stream.rate * scale), duration };
  }
  return {
    executor: stream.executor,
    ...rated,
    startRate: Math.round(stream.startRate * scale),
    stages: stream.stages.map(({ target, durationSeconds }) => ({
      target: Math.round(target * scale),
      duration: `${Math.round(durationSeconds * 1000)}ms`,
    })),
  };
}

/**
 * A route's key as the value of a tag that a threshold can name.
 * @param {string} key
 */
export function routeTag(key) {
  return key.replace(/[{},:"]/g, '');
}

/**
 * The name of the shortest phase in which a moment lies: a trigger contains the phase that is measured.
 * @param {readonly Phase[]} phases
 * @param {number} seconds
 */
export function shortestPhase(phases, seconds) {
  const around = phases.filter(
    ({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds < endSeconds,
  );
  const lengthOf = (/** @type {Phase} */ phase) => phase.endSeconds - phase.startSeconds;
  return around.sort((left, right) => lengthOf(left) - lengthOf(right))[0]?.name ?? 'none';
}

/**
 * @param {string} text
 * @returns {Written}
 */
function parse(text) {
  const plan = JSON.parse(text);
  if (plan.format === format) return plan;
  throw new Error(`this is no plan of format ${format}, as \`npx lab plan <scenario>\` writes it`);
}

/**
 * k6 spaces its arrivals evenly; those that are drawn come as a list.
 * @param {WrittenStream} stream
 */
function drawnArrivals({ name, arrival, arrivalsMs }) {
  if (arrival === 'even') return undefined;
  if (arrivalsMs === undefined)
    throw new Error(`stream ${name}: ${arrival} arrivals without a list arrivalsMs`);
  return arrivalsMs;
}

/** @param {Rates} stream */
function ratesOf(stream) {
  if (stream.executor === 'constant-arrival-rate') return [stream.rate];
  return [stream.startRate, ...stream.stages.map(({ target }) => target)];
}

/** @param {Rates} stream */
function peakRateOf(stream) {
  return Math.max(...ratesOf(stream)) / stream.timeUnitSeconds;
}

/**
 * @param {number} ratePerSecond
 * @param {number} deadlineMs
 */
function enoughFor(ratePerSecond, deadlineMs) {
  return Math.ceil((ratePerSecond * deadlineMs * 1.5) / 1000) + 1;
}

/**
 * The largest number of requests at once when all take until their deadline, and some more.
 * @param {readonly number[]} arrivalsMs ascending
 * @param {number} deadlineMs
 */
function enoughForAll(arrivalsMs, deadlineMs) {
  let oldest = 0;
  let most = 0;
  for (const [index, arrivalMs] of arrivalsMs.entries()) {
    while ((arrivalsMs[oldest] ?? 0) < arrivalMs - deadlineMs) oldest += 1;
    most = Math.max(most, index - oldest + 1);
  }
  return Math.ceil(most * 1.2) + 2;
}
