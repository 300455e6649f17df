// What a run is told by environment variables (`export`, or `-e NAME=value`). A faulty one throws here, while the script
// is loaded, so that no request has been sent yet.

/** Where the load goes. */
export const baseUrl = address('BASE_URL', read('BASE_URL', 'http://localhost:8000'));
/** The control APIs of the backend, one for each replica. */
export const controlUrls = addresses('CONTROL_URL', 'http://localhost:8100');
/** The control APIs of the downstream service, one for each replica. */
export const downstreamControlUrls = addresses('DOWNSTREAM_CONTROL_URL', 'http://localhost:8101');
export const controlToken = read('CONTROL_TOKEN', '');
/** `on`: setup() switches the protections; `preset`: PROTECTIONS of the backend did it; `off`: nothing is changed. */
export const fix = oneOf('FIX', ['off', 'on', 'preset']);
export const summaryFolder = read('SUMMARY_DIR', '.').replace(/\/+$/, '');

/**
 * The value of a variable with few legal values, of which the first is the default.
 * @param {string} name
 * @param {readonly string[]} legal
 */
export function oneOf(name, legal) {
  const value = read(name, legal[0] ?? '');
  if (!legal.includes(value)) throw new Error(`${name}=${value}: legal are ${legal.join(', ')}`);
  return value;
}

/**
 * @param {string} name
 * @param {number} fallback
 * @param {number} largest
 */
export function wholeNumber(name, fallback, largest) {
  const value = Number(read(name, String(fallback)));
  if (Number.isInteger(value) && value >= 1 && value <= largest) return value;
  throw new Error(`${name}=${__ENV[name]}: legal are whole numbers from 1 to ${largest}`);
}

/**
 * @param {string} name
 * @param {string} fallback
 */
function read(name, fallback) {
  return __ENV[name] || fallback;
}

/**
 * @param {string} name
 * @param {string} fallback
 */
function addresses(name, fallback) {
  return read(name, fallback)
    .split(',')
    .map((part) => address(name, part.trim()));
}

/**
 * @param {string} name
 * @param {string} value
 */
function address(name, value) {
  if (/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)) return value.replace(/\/+$/, '');
  throw new Error(`${name}=${value}: legal is an address such as http://localhost:8000`);
}
