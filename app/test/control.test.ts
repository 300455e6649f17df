import { describe, expect, it } from 'vitest';
import { startBackend, useBackend } from './support/backend.ts';

const TOKEN = '0123456789abcdef';
const { database, backend } = await useBackend({
  CASCADE_CALLS: '4',
  PARAMETER_MAXIMA: 'call-downstream.timeout=2',
  PROTECTIONS: 'retry:attempts=2',
});

interface Protection {
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: Record<string, unknown>;
}

async function protections(method = 'GET', path = '/protections'): Promise<Map<string, Protection>> {
  const response = await fetch(`${backend.control}${path}`, { method });
  const body = (await response.json()) as { protections: Protection[] };
  return new Map(body.protections.map((protection) => [protection.name, protection]));
}

describe('the control API', () => {
  it('lists failures with their parameters as configured', async () => {
    const { failures } = (await (await fetch(`${backend.control}/failures`)).json()) as {
      failures: { name: string; parameters: Record<string, unknown> }[];
    };
    const byName = new Map(failures.map(({ name, parameters }) => [name, parameters]));
    expect(byName.get('cascade-failure')).toMatchObject({ calls: { default: 4, minimum: 1, maximum: 20 } });
    expect(byName.get('call-downstream')).toMatchObject({ timeout: { default: 2, maximum: 2 } });
  });

  it('lists protections with state, settings, legal values and events', async () => {
    const all = await protections();
    expect(all.get('retry')).toMatchObject({
      enabled: true,
      settings: { attempts: 2 },
      events: ['retried', 'timed-out', 'exhausted'],
    });
    expect(all.get('circuit-breaker')).toMatchObject({
      enabled: false,
      edge: 'downstream-call',
      layer: 'breaking',
    });
    expect(all.get('bulkhead')).toMatchObject({ legal: { limit: { minimum: 1, default: 10 } } });
  });

  it('switches a protection, shows it in the metrics, and goes back to the start by reset', async () => {
    const response = await backend.switch('bulkhead', { enabled: true, settings: { limit: 3 } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      name: 'bulkhead',
      enabled: true,
      settings: { limit: 3, queueLimit: 0 },
    });
    expect(await backend.metric('lab_protection_enabled{protection="bulkhead"}')).toBe(1);
    await backend.switch('retry', { enabled: false });
    const all = await protections('POST', '/reset');
    expect(all.get('bulkhead')).toMatchObject({ enabled: false, settings: { limit: 10 } });
    expect(all.get('retry')).toMatchObject({ enabled: true, settings: { attempts: 2 } });
    expect(await backend.metric('lab_protection_enabled{protection="bulkhead"}')).toBe(0);
  });

  it('answers an unknown name with 404 and the nearest names', async () => {
    const response = await backend.switch('circut-breaker', { enabled: true });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringContaining('circuit-breaker'),
    });
  });

  it.each([
    [{ enabled: true, settings: { attempts: 0, jitter: 'half' } }, ['settings.attempts', 'settings.jitter']],
    [{ enabled: true, settings: { attempt: 1 } }, ['settings.attempt']],
    [{ enabled: true, settings: { attempts: '3' } }, ['settings.attempts']],
    [{ enabled: 'yes' }, ['enabled']],
    [{}, ['enabled']],
    [{ enabled: true, settings: [] }, ['settings']],
  ])('answers %j with 422 and each field', async (body, fields) => {
    const response = await backend.switch('retry', body);
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(fields);
  });

  it('is not on the port of the service', async () => {
    expect((await fetch(`${backend.url}/protections`)).status).toBe(404);
  });

  it('wants the token on every request where one is set', async () => {
    const guarded = await startBackend(
      { DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1', CONTROL_TOKEN: TOKEN },
      () => true,
    );
    const statusWith = async (authorization: string): Promise<number> =>
      (await fetch(`${guarded.control}/failures`, { headers: { authorization } })).status;
    expect(await statusWith('')).toBe(401);
    expect(await statusWith('Bearer 0123456789abcdeX')).toBe(401);
    expect(await statusWith(`Bearer ${TOKEN}`)).toBe(200);
    expect((await guarded.switch('retry', { enabled: true })).status).toBe(401);
    await guarded.stop();
  });
});
