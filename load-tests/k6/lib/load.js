import http from 'k6/http';
import { baseUrl } from './environment.js';

/** What every request of the load is given; whoever waits longer leaves, and the request has failed. */
export const timeout = '1s';
const timeoutSeconds = 1;

/**
 * One request of the load. Its tags are what thresholds speak about. A 503 of a service that protects itself is a
 * failure too: to whoever asked it is one.
 * @param {string} route
 * @param {string} path
 * @param {string} phase
 */
export function get(route, path, phase) {
  return http.get(baseUrl + path, { timeout, tags: { route, phase } });
}

/**
 * A stream of requests at a rate that does not depend on the answers (an open model: users do not wait for each other).
 * There are VUs enough for all requests to take until their timeout, and half as many more. One too few would be a
 * dropped iteration, and then the run proves nothing.
 * @param {string} exec name of the exported function that an iteration calls
 * @param {number} rate iterations a second
 * @param {{ startTime: string, duration: string }} span
 * @returns {import('k6/options').Scenario}
 */
export function arrivals(exec, rate, span) {
  const vus = Math.ceil(rate * timeoutSeconds * 1.5) + 1;
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate,
    timeUnit: '1s',
    ...span,
    preAllocatedVUs: vus,
    maxVUs: vus,
    gracefulStop: '2s',
  };
}

/**
 * A function that is called once, when the phase begins: a trigger.
 * @param {string} exec name of the exported function
 * @param {{ startTime: string }} span
 * @returns {import('k6/options').Scenario}
 */
export function once(exec, { startTime }) {
  return {
    executor: 'shared-iterations',
    exec,
    vus: 1,
    iterations: 1,
    startTime,
    maxDuration: '10s',
    gracefulStop: '5s',
  };
}
