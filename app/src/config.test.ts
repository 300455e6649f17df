import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogues, type Catalogues } from './catalogues.ts';
import { ConfigError, readConfig, type Config } from './config.ts';

let catalogues: Catalogues;
beforeAll(async () => {
  catalogues = await loadCatalogues();
});

const read = (environment: Record<string, string>): Config =>
  readConfig(environment, catalogues, 'host-name');

function faultsOf(environment: Record<string, string>): string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('works with an empty environment', () => {
    expect(read({})).toMatchObject({
      port: 8000,
      control: { host: '127.0.0.1', port: 8100, token: undefined },
      replica: 'host-name',
      memoryLimitBytes: 0,
      database: { poolSize: 10, acquireTimeoutMs: 0, queueLimit: 0 },
      downstream: { url: 'http://localhost:8001', connections: 100 },
    });
  });

  it("understands Python's spelling of the database address", () => {
    const { database } = read({ DATABASE_URL: 'postgresql+asyncpg://u:p@db:5432/x' });
    expect(database.url).toBe('postgresql://u:p@db:5432/x');
  });

  it('takes an empty variable for an unset one', () => {
    expect(read({ PORT: '', CONTROL_TOKEN: '' }).port).toBe(8000);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(read({}))).toBe(true);
  });

  it('reports all faults at once, one line each, with what was received and what is legal', () => {
    expect(
      faultsOf({
        PORT: '99999',
        LOG_LEVEL: 'loud',
        DATABASE_POOL_SIZE: '0',
        CASCADE_CALLS: '21',
        REDIS_URL: 'http://u:p@db:6379',
        PROTECTIONS: 'retri,retry:attempts=0;foo=1',
        PARAMETER_MAXIMA: 'cascade-failure.call=3',
      }),
    ).toEqual([
      'PORT: received "99999", legal: integer, 0 to 65535',
      'LOG_LEVEL: received "loud", legal: trace | debug | info | warn | error | fatal | silent',
      'DATABASE_POOL_SIZE: received "0", legal: integer, 1 to 1000',
      'CASCADE_CALLS: received "21", legal: integer, 1 to 20',
      'REDIS_URL: received "http://***@db:6379", legal: redis://host:port/0',
      'PARAMETER_MAXIMA: received "cascade-failure.call=3", legal: did you mean cascade-failure.calls?',
      'PROTECTIONS: received "retri", legal: did you mean retry?',
      'PROTECTIONS retry.foo: received "1", legal: a known name: attempts | timeoutMs | backoffMs | maxBackoffMs | jitter',
      'PROTECTIONS retry.attempts: received "0", legal: integer, 1 to 10',
    ]);
  });

  it('never shows a password or the token', () => {
    const lines = faultsOf({
      DATABASE_URL: 'mysql://user:secret@db/x',
      DOWNSTREAM_SERVICE_URL: 'ftp://user:secret@x',
      CONTROL_TOKEN: 'secret',
    });
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('wants a token when the control API can be reached from outside', () => {
    expect(faultsOf({ CONTROL_HOST: '0.0.0.0' })).toEqual([
      'CONTROL_TOKEN: received nothing, legal: at least 16 characters, because CONTROL_HOST 0.0.0.0 is not loopback',
    ]);
    expect(faultsOf({ CONTROL_HOST: '0.0.0.0', CONTROL_TOKEN: '0123456789abcdef' })).toEqual([]);
    expect(faultsOf({ CONTROL_HOST: '::1' })).toEqual([]);
  });
});

describe('PROTECTIONS', () => {
  it('reads names, settings and defaults', () => {
    const { protections } = read({
      PROTECTIONS:
        ' downstream-timeout:timeoutMs=250 , circuit-breaker:openSeconds=2.5;minimumCalls=7,release-connection',
    });
    expect([...protections.keys()]).toEqual(['downstream-timeout', 'circuit-breaker', 'release-connection']);
    expect(protections.get('circuit-breaker')).toEqual({
      failureRatio: 0.5,
      minimumCalls: 7,
      windowSeconds: 1,
      openSeconds: 2.5,
      halfOpenCalls: 1,
    });
  });

  it.each([
    ['retry,retry', 'retry once'],
    ['retry:attempts', 'setting=value'],
    ['retry:attempts=2=3', 'setting=value'],
    ['retry:attempts=2;attempts=3', 'one value'],
    ['retry:jitter=half', 'none | full'],
    ['release-connection:x=1', 'a known name: no settings'],
    ['zzzzzz', 'one of acquire-timeout'],
  ])('refuses %s', (text, legal) => {
    expect(faultsOf({ PROTECTIONS: text }).join()).toContain(`legal: ${legal}`);
  });
});

describe('PARAMETER_MAXIMA', () => {
  it('reads maxima of failures and of the list of tasks', () => {
    const { parameterMaxima } = read({ PARAMETER_MAXIMA: 'cascade-failure.calls=2, tasks.limit=50' });
    expect([...parameterMaxima]).toEqual([
      ['cascade-failure.calls', 2],
      ['tasks.limit', 50],
    ]);
  });

  it.each(['tasks.limit=0', 'tasks.limit=x', 'tasks.limit', 'tasks.limit=1e99'])('refuses %s', (text) => {
    expect(faultsOf({ PARAMETER_MAXIMA: text })).toHaveLength(1);
  });
});
