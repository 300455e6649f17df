import { expect, it } from 'vitest';
import { recordedFile } from '../../../test/fakes/stand-in-docker.ts';
import type { SystemSpec } from '../target.ts';
import { toRunFile } from './model.ts';

const run = { labels: { run: 'one' }, controlToken: 'of-this-run' };
const spec: SystemSpec = {
  replicas: 1,
  backendEnvironment: { PROTECTIONS: 'retry:attempts=3', NOTE: 'costs $5' },
  downstreamEnvironment: { DEFAULT_DELAY: '0.01' },
  ports: 'auto',
};
const toServices = (changes: Partial<SystemSpec> = {}) =>
  toRunFile(recordedFile, run, {
    spec: { ...spec, ...changes },
    databaseUrl: 'postgresql://lab@postgres:5432/lab_1',
    downstreamUrl: 'http://downstream:8001',
  }).services;

it('publishes nothing where the user has his ports, and nothing beyond this machine', () => {
  for (const { ports = [] } of Object.values(toServices()))
    for (const port of ports as readonly { published?: string; host_ip: string }[]) {
      expect(port.published).toBeUndefined();
      expect(port.host_ip).toBe('127.0.0.1');
    }
});

it('runs the services of the system alone, as they were built', () => {
  const services = toServices();
  expect(Object.keys(services)).toEqual(['backend', 'downstream', 'front', 'postgres', 'redis']);
  for (const service of Object.values(services)) {
    expect(service['build']).toBeUndefined();
    expect(service['depends_on']).toBeUndefined();
    expect(service['labels']).toEqual(run.labels);
  }
  // Compose waits for PostgreSQL by its health check; those of the arm's services would cost them CPU.
  expect(services['postgres']?.['healthcheck']).toEqual({ test: ['CMD', 'pg_isready'] });
  expect(services['backend']?.['healthcheck']).toEqual({ disable: true });
});

it('gives the arm its variables, and none that somebody else has set', () => {
  const { backend, downstream } = toServices();
  expect(backend?.environment).toEqual({
    REDIS_URL: 'redis://redis:6379/0',
    LOG_LEVEL: 'warn',
    CONTROL_HOST: '0.0.0.0',
    CONTROL_TOKEN: 'of-this-run',
    DATABASE_URL: 'postgresql://lab@postgres:5432/lab_1',
    DOWNSTREAM_SERVICE_URL: 'http://downstream:8001',
    PROTECTIONS: 'retry:attempts=3',
    NOTE: 'costs $$5',
  });
  expect(downstream?.environment).toMatchObject({ DEFAULT_DELAY: '0.01', CONTROL_TOKEN: 'of-this-run' });
});

it('has the limits of the arm, without swap, or none', () => {
  const unlimited = toServices()['backend'];
  expect(unlimited).toMatchObject({ deploy: undefined, mem_limit: undefined, memswap_limit: undefined });
  const limited = toServices({ limits: { memoryBytes: 256_000_000 } })['backend'];
  expect(limited).toMatchObject({ mem_limit: '256000000', memswap_limit: '256000000' });
});

it('starts again only what is supervised', () => {
  const restarts = (services: ReturnType<typeof toServices>) =>
    Object.values(services).map(({ restart }) => restart);
  expect(new Set(restarts(toServices()))).toEqual(new Set(['no']));
  const supervised = toServices({ supervision: { timeScale: 0.1 } });
  expect(supervised['backend']?.['restart']).toBe('always');
  expect(supervised['downstream']?.['restart']).toBe('no');
});
