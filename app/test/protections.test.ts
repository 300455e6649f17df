import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogues, type Catalogues } from '../src/catalogues.ts';
import { LAYERS, type Protection } from '../src/protections/protection.ts';
import { createCall, createLayer, failureOf } from './support/layers.ts';
import { settle } from './support/manual-clock.ts';

let catalogues: Catalogues;
beforeAll(async () => {
  catalogues = await loadCatalogues();
});

/** Runs a check for every protection, and says for which one it fails. */
async function forEachProtection(check: (protection: Protection) => Promise<void> | void): Promise<void> {
  expect(catalogues.protections.length).toBeGreaterThan(5);
  for (const protection of catalogues.protections) {
    try {
      await check(protection);
    } catch (error) {
      throw new Error(`${protection.name}: ${String(error)}`, { cause: error });
    }
  }
}

describe('every protection', () => {
  it('leaves a healthy call untouched, and no timer behind', () =>
    forEachProtection(async (protection) => {
      const { execute, layer, clock } = createLayer(protection);
      await expect(execute(() => Promise.resolve('fine'), createCall())).resolves.toBe('fine');
      layer.close?.();
      expect(clock.timers).toBe(0);
    }));

  it('passes route and abort on to the work', () =>
    forEachProtection(async (protection) => {
      const controller = new AbortController();
      const seen: string[] = [];
      const { execute } = createLayer(protection);
      const result = execute(
        ({ route, signal }) =>
          new Promise((_resolve, reject) => {
            seen.push(route);
            signal.addEventListener('abort', () => {
              seen.push('aborted');
              reject(signal.reason as Error);
            });
          }),
        createCall({ route: '/its-route', signal: controller.signal }),
      );
      await settle();
      controller.abort(new Error('caller left'));
      expect(await failureOf(result)).toEqual(new Error('caller left'));
      expect(seen).toEqual(['/its-route', 'aborted']);
    }));

  it('does not swallow an error that it does not know', () =>
    forEachProtection(async (protection) => {
      const { execute, layer, clock } = createLayer(protection);
      const error = new Error('unknown');
      expect(await failureOf(execute(() => Promise.reject(error), createCall()))).toBe(error);
      layer.close?.();
      expect(clock.timers).toBe(0);
    }));

  it('has at least one ability, a legal layer, and bounds and a default for every setting', () =>
    forEachProtection((protection) => {
      const { layer } = createLayer(protection);
      layer.close?.();
      const { gauges: _gauges, close: _close, ...abilities } = layer;
      expect(Object.values(abilities).some((ability) => ability !== undefined)).toBe(true);
      expect(LAYERS).toContain(protection.layer);
      for (const field of Object.values(protection.settings.properties) as Record<string, unknown>[]) {
        expect(field).toHaveProperty('default');
        expect(
          'anyOf' in field || ('minimum' in field && 'maximum' in field) || field['type'] === 'boolean',
        ).toBe(true);
      }
    }));
});

describe('the tests of every protection', () => {
  it('name each event that it may emit', () =>
    forEachProtection(async ({ name, events }) => {
      const file = await readFile(new URL(`../src/protections/${name}.test.ts`, import.meta.url), 'utf8');
      for (const event of events) expect(file).toContain(`'${event}'`);
    }));
});

describe('every failure', () => {
  it('has a path below /api/ of its own, and bounds for every parameter', () => {
    const { failures } = catalogues;
    expect(new Set(failures.map(({ method, path }) => `${method} ${path}`)).size).toBe(failures.length);
    for (const { path, parameters } of failures) {
      expect(path).toMatch(/^\/api\/[a-z-]+$/);
      for (const field of Object.values(parameters.properties) as Record<string, unknown>[]) {
        expect(field).toHaveProperty('default');
        expect('anyOf' in field || ('minimum' in field && 'maximum' in field) || 'maxLength' in field).toBe(
          true,
        );
      }
    }
  });
});
