import { describe, expect, it } from 'vitest';
import type { Failure } from '../src/failures/failure.ts';
import { until, useBackend } from './support/backend.ts';
import { useStubDownstream } from './support/stub-downstream.ts';

/** What a wait may ask for at most here; far beyond every deadline of this test. */
const LONG_SECONDS = 30;
const DEADLINE_MS = 300;
const PROBE_WITHIN_MS = 100;

const downstream = await useStubDownstream();
const { database, backend } = await useBackend({
  DATABASE_POOL_SIZE: '4',
  DOWNSTREAM_SERVICE_URL: downstream.url,
  PROTECTIONS: `request-deadline:deadlineMs=${DEADLINE_MS}`,
  PARAMETER_MAXIMA: 'memory-leak.size_mb=20,memory-spike.size_mb=20,stream.size_mb=20',
});
const { failures } = backend.ports.catalogues;

interface Field {
  readonly type?: string;
  readonly maximum?: number;
  readonly description?: string;
}

/** The largest request that is legal, waits limited to LONG_SECONDS: it runs into the deadline if it waits at all. */
async function largestQuery({ name }: Failure): Promise<string> {
  const listed = (await (await fetch(`${backend.control}/failures`)).json()) as {
    failures: { name: string; parameters: Record<string, Field> }[];
  };
  const parameters = listed.failures.find((failure) => failure.name === name)?.parameters ?? {};
  const query = new URLSearchParams();
  for (const [parameter, { maximum, description }] of Object.entries(parameters)) {
    if (maximum === undefined) continue;
    const isTime = description?.includes('second') === true;
    query.set(parameter, String(isTime ? Math.min(maximum, LONG_SECONDS) : maximum));
  }
  return query.toString();
}

async function send({ method, path }: Failure, query: string): Promise<number> {
  const response = await fetch(`${backend.url}${path}?${query}`, { method });
  await response.arrayBuffer().catch(() => {});
  return response.status;
}

async function isIdle(): Promise<boolean> {
  const used = await backend.metric('db_client_connection_count{db_client_connection_state="used"}');
  const waiting = await backend.metric('db_client_connection_pending_requests');
  return used === 0 && waiting === 0;
}

const sleeps = (): Promise<number> =>
  database
    .query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()`,
    )
    .then(([row]) => Number(row?.['n']));

describe('every failure', () => {
  it('is named here when it blocks the event loop by design', () => {
    expect(failures.filter(({ blocksEventLoop }) => blocksEventLoop).map(({ name }) => name)).toEqual([
      'blocking',
      'cpu-intensive',
      'hash',
      'json-processing',
      'validate',
    ]);
  });

  it('refuses a value beyond its maximum', async () => {
    for (const { name, method, path, parameters } of failures) {
      for (const [parameter, field] of Object.entries(parameters.properties as Record<string, Field>)) {
        if (field.maximum === undefined) continue;
        const response = await fetch(`${backend.url}${path}?${parameter}=${field.maximum * 2 + 1}`, {
          method,
        });
        const problem = (await response.json()) as { errors?: { field: string }[] };
        expect([name, response.status, problem.errors?.map((error) => error.field)]).toEqual([
          name,
          422,
          [parameter],
        ]);
      }
    }
  });

  it('ends at the deadline, leaves probes answering, and gives back all that it took', async () => {
    downstream.behaviour = 'hang';
    for (const failure of failures.filter(({ blocksEventLoop }) => blocksEventLoop !== true)) {
      const query = await largestQuery(failure);
      const startedMs = performance.now();
      const answer = send(failure, query);
      const probedMs = performance.now();
      const probe = await fetch(`${backend.url}/livez`);
      const probeMs = performance.now() - probedMs;
      const status = await answer;
      const tookMs = performance.now() - startedMs;
      expect([failure.name, probe.status, probeMs < PROBE_WITHIN_MS || probeMs]).toEqual([
        failure.name,
        200,
        true,
      ]);
      expect([failure.name, [200, 504].includes(status) || status]).toEqual([failure.name, true]);
      expect([failure.name, tookMs < DEADLINE_MS + 2000 || tookMs]).toEqual([failure.name, true]);
      await until(isIdle);
      await until(async () => (await sleeps()) === 0);
      await until(() => downstream.calls === downstream.cancelled + downstream.answered);
    }
    downstream.behaviour = 'fast';
    await fetch(`${backend.url}/api/clear-memory`, { method: 'POST' });
  });

  it('leaves the service as well as before', async () => {
    expect((await fetch(`${backend.url}/api/tasks`)).status).toBe(200);
    expect((await fetch(`${backend.url}/api/call-downstream`)).status).toBe(200);
  });
});
