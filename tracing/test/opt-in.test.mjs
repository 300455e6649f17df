import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startCollector } from './support/collector.mjs';
import { killAll, startService, until } from './support/services.mjs';

// The downstream stands for both: it needs no database.
const quick = { OTEL_BSP_SCHEDULE_DELAY: '50', DEFAULT_DELAY: '0' };
/** Nobody listens on port 9. */
const traced = { ...quick, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

describe('tracing is opt-in', () => {
  afterEach(killAll);

  it('without the variable nothing of OpenTelemetry is loaded, though the package is', async () => {
    const service = await startService('downstream', quick, ['modules', 'tracing']);
    expect((await service.stop()).exitCode).toBe(0);
    expect(service.output.stderr).toMatch(/^loaded: 0 files of tracing, [1-9]\d* in all\n$/);
  });

  it('with it, it is', async () => {
    const service = await startService('downstream', traced, ['modules', 'tracing']);
    await service.stop();
    expect(service.output.stderr).toMatch(/loaded: [1-9]\d+ files of tracing/);
  });

  it('with the standard switch OTEL_SDK_DISABLED it is not, and no hint is given', async () => {
    const service = await startService('downstream', { ...traced, OTEL_SDK_DISABLED: 'true' }, [
      'modules',
      'tracing',
    ]);
    await service.stop();
    expect(service.output.stderr).toMatch(/^loaded: 0 files of tracing, [1-9]\d* in all\n$/);
  });

  it('a service that was started without the package says once how to get traces, and serves', async () => {
    const service = await startService('downstream', traced, []);
    expect((await fetch(`${service.url}/slow`)).status).toBe(200);
    expect((await service.stop()).exitCode).toBe(0);
    expect(service.output.stderr).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT is set, but .*--import [^\n]*\n$/);
  });

  it('without a collector the service serves, says so once, and stops in time', async () => {
    const service = await startService('downstream', {
      ...traced,
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
      OTEL_BSP_EXPORT_TIMEOUT: '200',
    });
    for (let sent = 0; sent < 3; sent += 1) {
      expect((await fetch(`${service.url}/slow`)).status).toBe(200);
      await until(() => service.output.stderr !== '');
      await sleep(300);
    }
    const { exitCode, tookMs } = await service.stop();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(2500);
    expect(service.output.stderr).toMatch(/^traces: [^\n]*ECONNREFUSED[^\n]*the service goes on\.\n$/);
  });

  it('a collector that never answers holds neither a request nor the stop', async () => {
    const collector = await startCollector({ hang: true });
    try {
      const service = await startService('downstream', {
        ...quick,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      });
      await fetch(`${service.url}/slow`);
      await until(() => collector.requests() > 0);
      const startedMs = performance.now();
      expect((await fetch(`${service.url}/slow`)).status).toBe(200);
      expect(performance.now() - startedMs).toBeLessThan(500);
      const { exitCode, tookMs } = await service.stop();
      expect(exitCode).toBe(0);
      expect(tookMs, 'the limit of the flush is 1.5 s').toBeGreaterThan(1400);
      expect(tookMs).toBeLessThan(2500);
    } finally {
      collector.stop();
    }
  });
});
