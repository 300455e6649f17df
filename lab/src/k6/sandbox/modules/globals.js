import { callSite, host, outside, toText } from './host.js';

Reflect.set(globalThis, '__VU', host.vuId());
Reflect.set(globalThis, '__ENV', JSON.parse(host.environment()));
Reflect.set(globalThis, '__ITER', undefined);

/**
 * @param {string} path
 * @param {string} [mode]
 */
function open(path, mode) {
  if (!host.isInit()) throw new Error('open() is possible in the init context only');
  if (mode === 'b') outside("open() of a binary file (mode 'b')");
  /** @type {{ text: string } | { error: string }} */
  const file = JSON.parse(host.open(toText(path), callSite().file));
  if ('error' in file) throw new Error(file.error);
  return file.text;
}

/** @param {unknown} value */
function format(value) {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return toText(value);
  }
}

/** @param {'debug' | 'info' | 'warn' | 'error'} level */
function logger(level) {
  return (/** @type {unknown[]} */ ...values) => host.log(level, values.map(format).join(' '));
}

const console = {
  log: logger('info'),
  debug: logger('debug'),
  info: logger('info'),
  warn: logger('warn'),
  error: logger('error'),
};

Object.defineProperties(globalThis, {
  open: { value: open, configurable: true },
  console: { value: console, configurable: true, writable: true },
});

// k6 has these; a script that asks for one of them cannot run here.
for (const name of ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'crypto', 'require'])
  Object.defineProperty(globalThis, name, { configurable: true, get: () => outside(name) });
