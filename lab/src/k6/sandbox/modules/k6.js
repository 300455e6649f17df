import { complete, host, requireVuContext, toTags, toText } from './host.js';

const separator = '::';

/**
 * @param {unknown} value
 * @param {Record<string, unknown>} sets
 * @param {object} [tags]
 */
export function check(value, sets, tags) {
  requireVuContext('check()');
  const texts = toTags(tags);
  let passed = true;
  for (const [name, test] of Object.entries(sets)) {
    refuseSeparator('check', name);
    let outcome = false;
    try {
      outcome = Boolean(typeof test === 'function' ? test(value) : test);
    } finally {
      // One that throws has failed; what it threw goes on to the script.
      host.check(name, outcome, texts);
    }
    passed &&= outcome;
  }
  return passed;
}

/**
 * @template T
 * @param {string} name
 * @param {() => T} body
 * @returns {T}
 */
export function group(name, body) {
  requireVuContext('group()');
  refuseSeparator('group', name);
  if (typeof body !== 'function') throw new TypeError('group() needs a function');
  host.enterGroup(toText(name));
  try {
    return body();
  } finally {
    host.leaveGroup();
  }
}

/** @param {unknown} seconds */
export function sleep(seconds) {
  requireVuContext('sleep()');
  host.sleep(Number(seconds));
}

/**
 * @param {unknown} [message]
 * @returns {never}
 */
export function fail(message = 'fail() was called') {
  throw new Error(String(message));
}

/**
 * From now on Math.random() repeats itself for the same seed; the numbers are not those of k6.
 * @param {unknown} seed
 */
export function randomSeed(seed) {
  let state = Math.trunc(Number(seed)) >>> 0;
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {string} kind
 * @param {unknown} name
 */
function refuseSeparator(kind, name) {
  if (String(name).includes(separator))
    throw new Error(`the name of a ${kind} may not contain ${separator}: ${String(name)}`);
}

// oxlint-disable-next-line import/no-default-export -- scripts import it so
export default complete('k6', { check, fail, group, randomSeed, sleep });
