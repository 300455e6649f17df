import { get } from 'node:http';
import { expect, test } from 'vitest';
import { createTestService } from '../test/test-service.ts';
import type { TestService } from '../test/test-service.ts';
import { settle } from '../test/manual-clock.ts';

const metric = async ({ app }: TestService, name: string): Promise<string | undefined> => {
  const lines = (await app.inject('/metrics')).body.split('\n');
  return lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
};

test('health tells name, replica and uptime', async () => {
  const { app, clock } = await createTestService();
  await clock.advance(12_500);
  const response = await app.inject('/health');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    status: 'healthy',
    service: 'downstream-slow-service',
    replica: 'replica-1',
    uptimeSeconds: 12.5,
  });
});

test('the worst behaviour does not touch health and metrics', async () => {
  const { app, board } = await createTestService();
  board.set({ delayMs: 60_000, failureRatio: 1, slots: 1, queueLimit: 0, ttlMs: 60_000 });
  void app.inject('/slow');
  await settle();
  expect((await app.inject('/slow')).statusCode).toBe(503);
  expect((await app.inject('/health')).statusCode).toBe(200);
  expect((await app.inject('/metrics')).statusCode).toBe(200);
});

test('while it stops, health is 503 and every answer closes its connection', async () => {
  const { app, lifecycle } = await createTestService();
  expect((await app.inject('/slow?delay=0')).headers['connection']).not.toBe('close');
  lifecycle.stopping = true;
  const [health, slow] = [await app.inject('/health'), await app.inject('/slow?delay=0')];
  expect(health.statusCode).toBe(503);
  expect(health.json()).toMatchObject({ status: 'stopping' });
  expect(slow.statusCode).toBe(200);
  expect([health.headers['connection'], slow.headers['connection']]).toEqual(['close', 'close']);
});

test('a full queue answers 503 with Retry-After', async () => {
  const { app, board } = await createTestService();
  board.set({ slots: 1, queueLimit: 0, ttlMs: 60_000 });
  void app.inject('/slow');
  await settle();
  const response = await app.inject('/slow');
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json()).toMatchObject({ code: 'queue-full', status: 503 });
});

test('every faulty parameter is named at once', async () => {
  const { app } = await createTestService();
  const response = await app.inject('/slow?delay=many&dealy=3');
  expect(response.statusCode).toBe(422);
  expect(response.json().errors).toEqual([
    { field: 'dealy', received: '3', legal: 'no such name; there are: delay' },
    { field: 'delay', received: 'many', legal: 'a number from 0 to 300 (seconds)' },
  ]);
});

test.each([
  ['/nope', 404, 'unknown-route'],
  ['/%zz', 400, 'malformed-request'],
])('%s answers %i as problem details', async (url, status, code) => {
  const { app } = await createTestService();
  const response = await app.inject(url);
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json()).toMatchObject({ type: `urn:problem-type:${code}`, status, code, instance: url });
});

test('an unknown route is told which routes there are', async () => {
  const { app } = await createTestService();
  expect((await app.inject({ method: 'POST', url: '/slow' })).json().detail).toContain('GET /slow');
});

test('metrics count requests by route and status, and show the behaviour and its slots', async () => {
  const service = await createTestService();
  const { app, board, clock } = service;
  await app.inject('/slow?delay=0');
  await app.inject('/slow?delay=-1');
  await app.inject('/nope/1');
  const count = 'http_server_request_duration_seconds_count';
  const labels = (route: string, status: number) =>
    `{http_request_method="GET",http_route="${route}",http_response_status_code="${status}"}`;
  expect(await metric(service, `${count}${labels('/slow', 200)}`)).toBe('1');
  expect(await metric(service, `${count}${labels('/slow', 422)}`)).toBe('1');
  expect(await metric(service, `${count}${labels('unmatched', 404)}`)).toBe('1');
  expect(await metric(service, 'lab_behaviour_active')).toBe('0');

  board.set({ slots: 1, ttlMs: 60_000 });
  const waiting = [app.inject('/slow'), app.inject('/slow')];
  await settle();
  expect(await metric(service, 'lab_behaviour_active')).toBe('1');
  expect(await metric(service, 'lab_slots_in_use')).toBe('1');
  expect(await metric(service, 'lab_slots_waiting')).toBe('1');
  expect(await metric(service, 'http_server_active_requests')).toBe('3');
  expect(await metric(service, 'process_cpu_seconds_total')).toBe('1.5');
  expect(await metric(service, 'process_resident_memory_bytes')).toBe('1024');
  await clock.advance(10_000);
  await Promise.all(waiting);
  expect(await metric(service, 'http_server_active_requests')).toBe('1');
});

test('metrics count what got no slot, what was drawn, and work for nobody, from zero on', async () => {
  const service = await createTestService();
  const { app, board, tally } = service;
  expect(await metric(service, 'lab_slots_rejected_total{reason="codel"}')).toBe('0');
  expect(await metric(service, 'lab_drawn_failures_total{kind="hang"}')).toBe('0');
  expect(await metric(service, 'lab_wasted_work_total')).toBe('0');

  board.set({ slots: 1, queueLimit: 0, ttlMs: 60_000 });
  void app.inject('/slow');
  await settle();
  await app.inject('/slow');
  board.set({ failureRatio: 1, delayMs: 0, ttlMs: 60_000 });
  await app.inject('/slow');
  tally.wastedWork += 3;
  tally.rejections.codel += 2;
  expect(await metric(service, 'lab_slots_rejected_total{reason="queue-full"}')).toBe('1');
  expect(await metric(service, 'lab_slots_rejected_total{reason="codel"}')).toBe('2');
  expect(await metric(service, 'lab_drawn_failures_total{kind="error"}')).toBe('1');
  expect(await metric(service, 'lab_wasted_work_total')).toBe('3');
});

test('a client that leaves ends the wait, gives its slot back and counts as 499', async () => {
  const service = await createTestService();
  const { app, board, clock } = service;
  board.set({ slots: 1, ttlMs: 60_000 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const sleepingBefore = clock.sleeping();
  const request = get({ port, host: '127.0.0.1', path: '/slow' });
  request.on('error', () => undefined);
  await expect.poll(() => clock.sleeping()).toBe(sleepingBefore + 1);
  request.destroy();
  await expect.poll(() => clock.sleeping()).toBe(sleepingBefore);
  expect(board.state().slotsInUse).toBe(0);
  expect((await app.inject('/metrics')).body).toContain(
    'http_route="/slow",http_response_status_code="499"} 1',
  );
  await app.close();
});
