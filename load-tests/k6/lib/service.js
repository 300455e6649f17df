import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';
import { baseUrl } from './environment.js';

/**
 * Ends the run, before any load when setup() calls it.
 * @param {string} reason one sentence
 * @returns {never}
 */
export function abort(reason) {
  exec.test.abort(reason);
  // Never reached: abort() ends the function that calls it.
  throw new Error(reason);
}

/**
 * What went wrong with a request, in a few words.
 * @param {import('k6/http').Response} response
 */
export function reasonOf({ status, error }) {
  return status === 0 ? error || 'no answer' : `status ${status}`;
}

/**
 * The body, which is text where nobody asked for bytes.
 * @param {import('k6/http').Response} response
 */
export function textOf({ body }) {
  return typeof body === 'string' ? body : '';
}

/** Ends the run when nothing serves there. */
export function requireService(address = baseUrl) {
  const response = http.get(`${address}/health`, { timeout: '3s' });
  if (response.status === 200) return;
  abort(
    `nothing healthy answers at ${address}/health (${reasonOf(response)}): start the system or set BASE_URL, for ` +
      'Minikube by `export BASE_URL=http://$(minikube ip):30000` (a port-forward works too, but it reaches one pod only)',
  );
}

const warmUpCalls = 2;
const measuredCalls = 3;

/**
 * What one request costs on this machine: the median of a number in its answers, a few in a row in a quiet service.
 * Machines differ by a factor of ten, so a load that is to be so much of one must be measured first.
 * @param {string} path
 * @param {string} field
 */
export function measure(path, field) {
  /** @type {number[]} */
  const values = [];
  for (let call = 0; call < warmUpCalls + measuredCalls; call += 1) {
    const response = http.get(baseUrl + path, { timeout: '10s' });
    if (response.status !== 200) abort(`cannot measure ${path}: ${reasonOf(response)}`);
    const value = Number(JSON.parse(textOf(response))[field]);
    if (!(value > 0)) abort(`cannot measure ${path}: its answer has ${field}=${value}`);
    if (call >= warmUpCalls) values.push(value);
  }
  return values.sort((left, right) => left - right)[Math.floor(measuredCalls / 2)] ?? 0;
}

const patienceSeconds = 50;
const answersInARow = 3;

/**
 * Waits until the route answers as it did before, so that whatever runs next finds a healthy system: handlers go on when
 * their clients have left, and what queues behind a full pool takes a while.
 * @param {string} path
 */
export function waitUntilWell(path) {
  let well = 0;
  for (let second = 0; second < patienceSeconds && well < answersInARow; second += 1) {
    const { status, timings } = http.get(baseUrl + path, { timeout: '1s' });
    well = status === 200 && timings.duration < 500 ? well + 1 : 0;
    if (well < answersInARow) sleep(well > 0 ? 0.1 : 1);
  }
  if (well < answersInARow) console.warn(`${path} does not answer well ${patienceSeconds} s after the load`);
}
