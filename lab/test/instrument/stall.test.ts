import { afterEach, expect, it } from 'vitest';
import { createHistogram, percentileMs, recordMs } from '../../src/core/histogram.ts';
import { toSchedule } from '../../src/core/plan.ts';
import { measure, planOf, startServer, type LoggingServer } from './instrument.ts';

interface Entry {
  readonly index: number;
  readonly arrivedMs: number;
  readonly answeredMs: number;
}

let server: LoggingServer<Entry> | undefined;
afterEach(() => server?.stop());

it('measures a server that stalls 100 ms every second as the log of that server does', async (context) => {
  const plan = planOf(1000, 15, 'even');
  server = await startServer<Entry>('stalling-server.mjs');
  const { startMonotonicMs, summary, latencies } = await measure(plan, server.url);
  const log = await server.readLog();
  const { startsMs } = toSchedule(plan);

  // The log says when each request of the plan was answered; the plan says when it should have been sent.
  const fromLog = createHistogram();
  const fromArrival = createHistogram();
  for (const { index, arrivedMs, answeredMs } of log) {
    recordMs(fromLog, answeredMs - startMonotonicMs - (startsMs[index] ?? Number.NaN));
    recordMs(fromArrival, answeredMs - arrivedMs);
  }
  const [measuredMs, loggedMs, naiveMs] = [latencies, fromLog, fromArrival].map((histogram) =>
    percentileMs([histogram], 99),
  );
  await context.annotate(
    `p99: driver ${measuredMs} ms, server's log ${loggedMs} ms, seen from inside the handler ${naiveMs} ms; ` +
      `lateness p99 ${summary.latenessP99Ms} ms; utilisation ${summary.utilisationRatio.toFixed(2)}`,
  );

  expect(new Set(log.map(({ index }) => index)).size).toBe(15_000);
  expect(summary).toMatchObject({ planned: 15_000, sent: 15_000 });
  expect(loggedMs).toBeGreaterThan(80);
  expect(naiveMs).toBeLessThan(10);
  expect(Math.abs((measuredMs ?? 0) - (loggedMs ?? 0))).toBeLessThanOrEqual(2);
  expect(summary.latenessP99Ms).toBeLessThanOrEqual(3);
});
