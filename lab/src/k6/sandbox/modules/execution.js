import { complete, host, isTagValue, toText } from './host.js';

/**
 * An object whose members ask the runner each time.
 * @param {string} group
 * @param {readonly string[]} names
 */
function view(group, names) {
  const members = {};
  for (const name of names)
    Object.defineProperty(members, name, { enumerable: true, get: () => read(`${group}.${name}`) });
  return members;
}

/** @param {string} name */
function read(name) {
  const text = host.view(name);
  if (text === '') throw new Error(`exec.${name} is known in VU code of a scenario only`);
  return JSON.parse(text);
}

/** @type {Record<string, string>} */
const noTags = {};
const tags = new Proxy(noTags, {
  get: (_, name) => (typeof name === 'string' ? allTags()[name] : undefined),
  has: (_, name) => name in allTags(),
  ownKeys: () => Object.keys(allTags()),
  getOwnPropertyDescriptor: (_, name) => ({
    value: allTags()[String(name)],
    enumerable: true,
    configurable: true,
    writable: true,
  }),
  set(_, name, value) {
    if (isTagValue(value)) host.setTag(String(name), String(value));
    else host.refuseTag(String(name), typeof value);
    return true;
  },
  deleteProperty(_, name) {
    host.deleteTag(String(name));
    return true;
  },
});

/** @returns {Record<string, string>} */
function allTags() {
  return JSON.parse(host.tags());
}

/** @returns {Record<string, unknown>} */
function options() {
  return new Proxy(read('test.options'), {
    get: (target, name) => (name in target || name === 'toJSON' ? Reflect.get(target, name) : null),
  });
}

export const scenario = complete(
  'scenario of k6/execution',
  view('scenario', ['name', 'executor', 'startTime', 'progress', 'iterationInInstance', 'iterationInTest']),
);

export const instance = complete(
  'instance of k6/execution',
  view('instance', [
    'iterationsInterrupted',
    'iterationsCompleted',
    'vusActive',
    'vusInitialized',
    'currentTestRunDuration',
  ]),
);

export const vu = complete(
  'vu of k6/execution',
  Object.defineProperties(
    view('vu', ['iterationInInstance', 'iterationInScenario', 'idInInstance', 'idInTest']),
    {
      tags: { value: tags, enumerable: true },
      metrics: { value: complete('vu.metrics of k6/execution', { tags }), enumerable: true },
    },
  ),
);

export const test = complete('test of k6/execution', {
  get options() {
    return options();
  },
  /** @param {string} [message] */
  abort(message = '') {
    host.abort(toText(message));
    throw new Error(`test aborted${message === '' ? '' : `: ${message}`}`);
  },
  /** @param {string} [message] */
  fail(message = '') {
    host.fail(toText(message));
  },
});

// oxlint-disable-next-line import/no-default-export -- scripts import it so
export default complete('k6/execution', { instance, scenario, test, vu });
