import http from 'k6/http';
import { controlToken, controlUrls, downstreamControlUrls, fix } from './environment.js';
import { abort, reasonOf, textOf } from './service.js';

/**
 * A request to a control API: PUT of the body, DELETE without one. A body that counts only until a time is not put back
 * after it.
 * @typedef {{ url: string, body: Settings | null, untilMs?: number }} Change
 * @typedef {Record<string, unknown>} Settings
 */

const headers = controlToken === '' ? {} : { Authorization: `Bearer ${controlToken}` };
const params = { headers, timeout: '3s', tags: { route: 'control' } };
const paramsWithBody = { ...params, headers: { ...headers, 'Content-Type': 'application/json' } };

/**
 * For setup(): with FIX=on switches the protections on, at every replica. Returns the changes that undo it, for
 * `putBack`. Ends the run before any load when a control API is not there, with nothing changed.
 * @param {Record<string, Settings>} protections settings by name
 * @returns {Change[]}
 */
export function switchOn(protections) {
  if (fix !== 'on') return [];
  const names = Object.keys(protections);
  const before = controlUrls.flatMap((url) => readProtections(url, names));
  const changes = controlUrls.flatMap((url) =>
    names.map((name) => ({
      url: `${url}/protections/${name}`,
      body: { enabled: true, settings: protections[name] },
    })),
  );
  apply(changes, before);
  return before;
}

/**
 * For setup(): the changes that undo whatever will be done to the downstream service. Ends the run, or returns null if
 * `isOptional`, when one of its control APIs is not there.
 * @param {{ isOptional?: boolean, undo?: readonly Change[] }} [options] `undo`: put back when the run ends here
 * @returns {Change[] | null}
 */
export function readBehaviours({ isOptional = false, undo = [] } = {}) {
  /** @type {Change[]} */
  const before = [];
  for (const base of downstreamControlUrls) {
    const url = `${base}/behaviour`;
    const response = http.get(url, params);
    if (response.status === 200) {
      before.push({ url, ...whatWasSet(textOf(response)) });
      continue;
    }
    const reason =
      `the control API of the downstream service does not answer at ${url} (${reasonOf(response)}): set ` +
      'DOWNSTREAM_CONTROL_URL, a comma list with the address of each replica, and CONTROL_TOKEN if it wants one';
    if (!isOptional) {
      putBack(undo);
      abort(reason);
    }
    console.warn(`${reason}; going on with the downstream as it is`);
    return null;
  }
  return before;
}

/**
 * For setup(): gives every replica of the downstream service a behaviour, whatever its DEFAULT_DELAY is. Returns the
 * changes that undo it. An optional one is left out where it cannot be set or would hide what somebody else has set.
 * @param {Settings & { ttlMs: number }} behaviour
 * @param {{ isOptional?: boolean, undo?: readonly Change[] }} [options] `undo`: put back when the run ends here
 * @returns {readonly Change[]}
 */
export function calmDownstream(behaviour, options = {}) {
  const { isOptional = false, undo = [] } = options;
  const before = readBehaviours(options);
  if (before === null || (isOptional && before.some(({ body }) => body !== null))) return [];
  setBehaviour(behaviour, [...undo, ...before]);
  return before;
}

/**
 * Gives every replica of the downstream service a behaviour, which ends by itself.
 * @param {Settings & { ttlMs: number }} behaviour
 * @param {readonly Change[]} undo put back when the run ends here
 */
export function setBehaviour(behaviour, undo = []) {
  apply(
    downstreamControlUrls.map((url) => ({ url: `${url}/behaviour`, body: behaviour })),
    undo,
  );
}

/**
 * For teardown(), where there are none when setup() did not return.
 * @param {readonly Change[] | null | undefined} changes
 */
export function putBack(changes) {
  for (const change of changes ?? []) {
    const response = send(change);
    if (response.status !== 200) console.error(`not put back: ${change.url} (${reasonOf(response)})`);
  }
}

/**
 * @param {readonly Change[]} changes
 * @param {readonly Change[]} undo put back when one of them fails
 */
function apply(changes, undo) {
  for (const change of changes) {
    const response = send(change);
    if (response.status === 200) continue;
    putBack(undo);
    abort(`PUT ${change.url}: ${reasonOf(response)} ${textOf(response)}`);
  }
}

/** @param {Change} change */
function send({ url, body, untilMs }) {
  if (body === null) return http.del(url, null, params);
  const timed =
    untilMs === undefined ? body : { ...body, ttlMs: Math.max(1, Math.round(untilMs - Date.now())) };
  return http.put(url, JSON.stringify(timed), paramsWithBody);
}

/**
 * @param {string} url
 * @param {readonly string[]} names
 * @returns {Change[]}
 */
function readProtections(url, names) {
  const response = http.get(`${url}/protections`, params);
  if (response.status !== 200)
    abort(
      `FIX=on: the control API of the backend does not answer at ${url} (${reasonOf(response)}): set CONTROL_URL, a comma ` +
        'list with the address of each replica, and CONTROL_TOKEN if it wants one, or FIX=preset if PROTECTIONS has set them',
    );
  /** @type {{ protections: { name: string, enabled: boolean, settings: Settings }[] }} */
  const { protections } = JSON.parse(textOf(response));
  return protections
    .filter(({ name }) => names.includes(name))
    .map(({ name, enabled, settings }) => ({
      url: `${url}/protections/${name}`,
      body: { enabled, settings },
    }));
}

/**
 * @param {string} text
 * @returns {Omit<Change, 'url'>}
 */
function whatWasSet(text) {
  /** @type {{ behaviour: Settings | null, remainingMs: number | null }} */
  const { behaviour, remainingMs } = JSON.parse(text);
  return behaviour === null || remainingMs === null
    ? { body: null }
    : { body: behaviour, untilMs: Date.now() + remainingMs };
}
