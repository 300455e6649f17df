import { expect, test } from 'vitest';
import type { SystemSetup } from '../core/system.ts';
import { toSystemSpec } from './system-spec.ts';

const setup: SystemSetup = {
  replicas: 2,
  poolSize: 20,
  downstreamDelayMs: 250,
  backendEnvironment: { NODE_OPTIONS: '--no-opt' },
  balancing: { level: 'request' },
  limits: { cpuCores: 0.5 },
  databaseConnectionLimit: 30,
  clientConnections: 8,
};

test('what the services have to know goes in by their variables, a fix too', () => {
  const spec = toSystemSpec(setup, { retry: { attempts: 3, timeoutMs: 500 } });
  expect(spec.backendEnvironment).toEqual({
    NODE_OPTIONS: '--no-opt',
    DATABASE_POOL_SIZE: '20',
    PROTECTIONS: 'retry:attempts=3;timeoutMs=500',
  });
  expect(spec.downstreamEnvironment).toEqual({ DEFAULT_DELAY: '0.25' });
});

test('the rest of the set-up is left as it is, and what concerns the clients alone is left out', () => {
  const { backendEnvironment: _, downstreamEnvironment: __, ...rest } = toSystemSpec(setup, {});
  expect(rest).toEqual({
    replicas: 2,
    balancing: { level: 'request' },
    limits: { cpuCores: 0.5 },
    databaseConnectionLimit: 30,
    ports: 'auto',
  });
});
