/**
 * Runs a load plan as the lab writes it: the same routes, rates, phases and tags, by k6.
 *
 *   npx lab plan cascade-failure > plan.json
 *   k6 run -e PLAN="$PWD/plan.json" load-tests/k6/plan.js
 *
 * PLAN is an absolute path, or one relative to this file: open() knows no other. Each stream of the plan is a scenario.
 * Evenly spaced requests have k6's own arrival rates; a Poisson stream has a list of arrivals, of which each iteration
 * takes the next one and sleeps until its time. The trigger sets the behaviour of the downstream service, if the plan has
 * one (DOWNSTREAM_CONTROL_URL). No thresholds but those about the load itself: the slices by route and phase are in the
 * summary because k6 reports a slice only where a threshold names it.
 */
/** @typedef {import('./lib/plan.js').Plan} Plan */
import http from 'k6/http';
import exec from 'k6/execution';
import { sleep } from 'k6';
import { SharedArray } from 'k6/data';
import { Trend } from 'k6/metrics';
import { putBack, readBehaviours, setBehaviour } from './lib/control.js';
import { baseUrl } from './lib/environment.js';
import { once } from './lib/load.js';
import { readArrivals, readPlan, routeTag, scenarioOf, shortestPhase } from './lib/plan.js';
import { requireService } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';

const path = __ENV.PLAN;
if (!path)
  throw new Error('PLAN is not set: it is the path of a plan, as `npx lab plan <scenario>` writes it');
// Shared: read once, and not once for each VU.
const plan = /** @type {Plan} */ (new SharedArray('plan', () => [readPlan(open(path))])[0]);
const arrivalsMs = new SharedArray('arrivals', () => readArrivals(open(path)));

const target = __ENV.BASE_URL ? baseUrl : (plan.baseUrl ?? baseUrl);
const behaviour = plan.trigger?.behaviour;
const lateness = new Trend('arrival_lateness', true);

export const options = {
  scenarios: {
    ...Object.fromEntries(plan.streams.map((stream) => [stream.name, scenarioOf(stream)])),
    ...(plan.trigger?.behaviour && {
      trigger_start: once('triggerStart', { startTime: `${plan.trigger.startSeconds}s` }),
      trigger_end: once('triggerEnd', { startTime: `${plan.trigger.endSeconds}s` }),
    }),
  },
  thresholds: thresholdsOf(plan),
  summaryTrendStats,
};

/** @param {Plan} plan */
function thresholdsOf({ streams, phases }) {
  const slices = streams.flatMap(({ route }) =>
    phases.flatMap(({ name }) => {
      const tags = `{route:${routeTag(route.key)},phase:${name}}`;
      return [
        [`http_reqs${tags}`, ['count>=0']],
        [`http_req_duration${tags}`, ['med>=0']],
        [`http_req_failed${tags}`, ['rate>=0']],
      ];
    }),
  );
  const isDrawn = streams.some(({ arrivals }) => arrivals !== undefined);
  return {
    dropped_iterations: ['count==0'],
    ...(isDrawn && { arrival_lateness: ['p(99)<50'] }),
    ...Object.fromEntries(slices),
  };
}

export function setup() {
  requireService(target);
  return behaviour === undefined ? [] : readBehaviours();
}

export function send() {
  const stream = plan.streams.find(({ name }) => name === exec.scenario.name);
  if (stream === undefined) return;
  let atMs = stream.startTimeSeconds * 1000 + Date.now() - exec.scenario.startTime;
  if (stream.arrivals !== undefined) {
    const intendedMs = arrivalsMs[stream.arrivals.first + exec.scenario.iterationInTest] ?? atMs;
    if (intendedMs > atMs) sleep((intendedMs - atMs) / 1000);
    lateness.add(Date.now() - exec.scenario.startTime + stream.startTimeSeconds * 1000 - intendedMs);
    atMs = intendedMs;
  }
  const { key, method, path, body, deadlineMs } = stream.route;
  http.request(method, target + path, body ?? null, {
    timeout: `${deadlineMs}ms`,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    tags: { route: routeTag(key), phase: shortestPhase(plan.phases, atMs / 1000) },
  });
}

export function triggerStart() {
  const { startSeconds, endSeconds } = plan.trigger ?? { startSeconds: 0, endSeconds: 0 };
  // It ends by itself, should this script be killed before it can.
  setBehaviour({ ...behaviour, ttlMs: Math.round((endSeconds - startSeconds + 5) * 1000), seed: plan.seed });
}

/** @param {ReturnType<typeof setup>} changes */
export function triggerEnd(changes) {
  putBack(changes);
}

/** @param {ReturnType<typeof setup>} changes */
export function teardown(changes) {
  putBack(changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise(`plan-${plan.scenario}-${plan.arm}`, 'none', data, target);
}
