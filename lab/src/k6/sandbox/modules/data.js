import { complete, host } from './host.js';

/** A read-only array whose elements all VUs share as text; whoever asks for one gets a copy of his own. */
// oxlint-disable-next-line typescript/no-extraneous-class -- scripts make one with `new`
export class SharedArray {
  /**
   * @param {string} name
   * @param {() => unknown[]} make
   */
  constructor(name, make) {
    if (!host.isInit()) throw new Error('new SharedArray must be called in the init context');
    if (name === undefined || name === '') throw new Error('a SharedArray needs a name');
    if (typeof make !== 'function') throw new TypeError('a SharedArray needs a function that makes it');
    if (host.sharedLength(name) < 0) {
      const array = make();
      if (!Array.isArray(array)) throw new TypeError('the function of a SharedArray has to return an array');
      host.share(name, JSON.stringify(array.map((element) => JSON.stringify(element) ?? 'null')));
    }
    return share(name);
  }
}

/** @param {string} name */
function share(name) {
  const length = host.sharedLength(name);
  /** @type {unknown[]} */
  const target = [];
  target.length = length;
  /** @param {string | symbol} key */
  const isElement = (key) => typeof key === 'string' && /^\d+$/.test(key) && Number(key) < length;
  const element = (/** @type {string | symbol} */ key) =>
    freeze(JSON.parse(host.sharedElement(name, Number(key))));
  const refuse = () => {
    throw new TypeError(`the SharedArray ${name} is read-only`);
  };
  return new Proxy(target, {
    get: (array, key) => (isElement(key) ? element(key) : Reflect.get(array, key)),
    has: (array, key) => isElement(key) || key in array,
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), 'length'],
    getOwnPropertyDescriptor: (array, key) =>
      isElement(key)
        ? { value: element(key), enumerable: true, configurable: true }
        : Reflect.getOwnPropertyDescriptor(array, key),
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
function freeze(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

// oxlint-disable-next-line import/no-default-export -- scripts import it so
export default complete('k6/data', { SharedArray });
