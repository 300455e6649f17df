import { describe, expect, it } from 'vitest';
import { useBackend } from './support/backend.ts';
import { useStubDownstream } from './support/stub-downstream.ts';

/** The table of endpoints of the specification: method, path, parameters with their defaults, and a call that is quick. */
const SPEC: readonly [method: string, path: string, defaults: Record<string, number>, quick?: string][] = [
  ['GET', '/', {}],
  ['GET', '/health', {}],
  ['GET', '/metrics', {}],
  ['GET', '/api/cpu-intensive', { complexity: 30 }, 'complexity=10'],
  ['GET', '/api/hash', { iterations: 10_000 }, 'iterations=10'],
  ['GET', '/api/json-processing', { size: 1000 }, 'size=10'],
  ['GET', '/api/slow', { delay: 5 }, 'delay=0.01'],
  ['GET', '/api/random-delay', {}, 'min=0.001&max=0.002'],
  ['GET', '/api/blocking', { duration: 5 }, 'duration=0.01'],
  ['GET', '/api/parallel-io', { count: 5 }],
  ['GET', '/api/call-downstream', { timeout: 5 }],
  ['GET', '/api/cascade-failure', {}],
  ['GET', '/api/no-timeout', {}],
  ['GET', '/api/memory-leak', { size_mb: 10 }, 'size_mb=1'],
  ['GET', '/api/memory-spike', { size_mb: 50 }, 'size_mb=1'],
  ['POST', '/api/clear-memory', {}],
  ['POST', '/api/tasks', {}],
  ['GET', '/api/tasks', { limit: 10 }],
  ['GET', '/api/db-pool-exhaust', { concurrent_queries: 10 }, 'hold=0.01'],
  ['GET', '/api/expensive-query', { iterations: 1000 }, 'iterations=10'],
];

const downstream = await useStubDownstream();
const { backend } = await useBackend({ DOWNSTREAM_SERVICE_URL: downstream.url });

interface Operation {
  readonly parameters?: readonly { name: string; in: string; schema: { default?: unknown } }[];
}

describe('the endpoints of the specification', () => {
  it('are all there, with their parameters and defaults', async () => {
    const { paths } = (await (await fetch(`${backend.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    for (const [method, path, defaults] of SPEC) {
      const { parameters = [] } = paths[path]?.[method.toLowerCase()] ?? { parameters: undefined };
      expect([path, paths[path]?.[method.toLowerCase()] !== undefined]).toEqual([path, true]);
      const served = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema.default]));
      expect([path, served]).toEqual([path, expect.objectContaining(defaults)]);
    }
  });

  it.each(SPEC)('%s %s does its work', async (method, path, _defaults, quick) => {
    const response = await fetch(`${backend.url}${path}${quick === undefined ? '' : `?${quick}`}`, {
      method,
      ...(path === '/api/tasks' &&
        method === 'POST' && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ title: 'written by a test' }),
        }),
    });
    expect([response.status, await response.text()]).toEqual([
      method === 'POST' && path === '/api/tasks' ? 201 : 200,
      expect.any(String),
    ]);
  });
});
