// These modules run beside the script, in its engine. They reach the runner by the functions of `host` alone.

/** @type {import('../host.ts').ScriptHost} */
export const host = Reflect.get(globalThis, '__host');
Reflect.deleteProperty(globalThis, '__host');

/** Where the script called what called this: the first frame that is not of these modules, which are named `k6:…`. */
export function callSite() {
  for (const line of new Error('where').stack?.split('\n') ?? []) {
    const [, inner, plain] = /^\s*at (?:.* )?(?:\((.*)\)|(\S+))$/.exec(line) ?? [];
    const place = inner ?? plain ?? '';
    const [, file] = /^(.+?):\d+(?::\d+)?$/.exec(place) ?? [];
    if (file !== undefined && !place.startsWith('k6:') && !file.startsWith('<')) return { file, place };
  }
  return { file: '', place: 'the script' };
}

/**
 * The run ends, even if the script catches this.
 * @param {string} api
 * @returns {never}
 */
export function outside(api) {
  const { place } = callSite();
  host.outside(api, place);
  throw new Error(`${api} is outside of what this runner knows (${place})`);
}

/**
 * Whatever is not there is outside of the subset, not undefined.
 * @template {object} T
 * @param {string} name
 * @param {T} members
 * @returns {T}
 */
export function complete(name, members) {
  return new Proxy(members, {
    get(target, key) {
      if (typeof key === 'symbol' || key in target || key === 'toJSON') return Reflect.get(target, key);
      return outside(`${key} of ${name}`);
    },
  });
}

/**
 * Fails what k6 allows only once the script is loaded.
 * @param {string} what
 */
export function requireVuContext(what) {
  if (host.isInit()) throw new Error(`${what} is not possible in the init context`);
}

/**
 * Tags as text; what cannot be one is refused.
 * @param {unknown} tags
 */
export function toTags(tags) {
  if (tags === undefined || tags === null) return '';
  if (typeof tags !== 'object') throw new TypeError(`tags have to be an object, received ${typeof tags}`);
  /** @type {Record<string, string>} */
  const texts = {};
  // Loops here and in `http.js`, not callbacks: they lie under every request, and an engine's stack may be small.
  for (const [name, value] of Object.entries(tags)) {
    if (!isTagValue(value))
      throw new TypeError(`the value of tag ${name} has to be text, a number or a boolean`);
    texts[name] = String(value);
  }
  return JSON.stringify(texts);
}

/**
 * As text, whatever a script hands over.
 * @param {unknown} value
 */
export function toText(value) {
  return String(value);
}

/** @param {unknown} value */
export function isTagValue(value) {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
