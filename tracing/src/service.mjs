import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/**
 * @typedef {object} Service
 * @property {string} name as in `service.name`
 * @property {string} version of its package.json
 * @property {NodeJS.Require} require finds what the service itself would find
 */

/** Package name → `service.name`; a program of any other package is not traced. */
const SERVICES = new Map([
  ['@backend-load-testing/app', 'backend-app'],
  ['downstream-slow-service', 'downstream-service'],
]);

/**
 * Which service a program is, by the nearest package.json above it; undefined for any other program.
 * @param {string | undefined} program as in `process.argv[1]`
 * @returns {Service | undefined}
 */
export function findService(program) {
  if (program === undefined) return undefined;
  const file = toRealFile(program);
  if (file === undefined) return undefined;
  const manifest = readNearestManifest(dirname(file));
  const name = SERVICES.get(manifest?.name ?? '');
  if (name === undefined) return undefined;
  return { name, version: manifest?.version ?? 'unknown', require: createRequire(file) };
}

/** @param {string} program */
function toRealFile(program) {
  try {
    return createRequire(import.meta.url).resolve(resolve(program));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} folder
 * @returns {{ name?: string, version?: string } | undefined}
 */
function readNearestManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : readNearestManifest(parent);
  }
}
