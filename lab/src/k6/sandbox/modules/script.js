import { host } from './host.js';
import './globals.js';

/** @type {Record<string, unknown>} */
let exported = {};

/**
 * Takes the script once its init code has run.
 * @param {Record<string, unknown>} namespace
 */
export function bind(namespace) {
  exported = namespace;
  const names = Object.keys(namespace).filter((name) => typeof namespace[name] === 'function');
  return JSON.stringify({ names, options: JSON.stringify(namespace.options ?? {}) });
}

/** Calls the exported function that the runner wants called. */
function call() {
  /** @type {import('../host.ts').NextCall} */
  const { name, argumentTexts, iteration, env, wantsValue } = JSON.parse(host.nextCall());
  if (env !== undefined) Reflect.set(globalThis, '__ENV', env);
  Reflect.set(globalThis, '__ITER', iteration);
  const called = exported[name];
  if (typeof called !== 'function') throw new Error(`the script exports no function ${name}`);
  const value = called(...argumentTexts.map((text) => JSON.parse(text)));
  if (value instanceof Promise) host.refusePromise(`the async function ${name}()`);
  return wantsValue ? JSON.stringify(value) : undefined;
}

Object.defineProperty(globalThis, '__call', { value: call });
