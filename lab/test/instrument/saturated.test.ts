import { afterEach, expect, it } from 'vitest';
import { judgeValidity } from '../../src/core/validity.ts';
import type { LoadPlan } from '../../src/core/plan.ts';
import { measure, planOf, startServer, type LoggingServer, type Measured } from './instrument.ts';

let server: LoggingServer<unknown> | undefined;
afterEach(() => server?.stop());

function judge(plan: LoadPlan, { summary }: Measured) {
  return judgeValidity({
    latenessP99Ms: summary.latenessP99Ms,
    plannedRequests: summary.planned,
    sentRequests: summary.sent,
    driverUtilisationRatio: summary.utilisationRatio,
    foreignCpuRatio: null,
    scrapeGaps: 0,
    scrapes: 0,
    smallestDeadlineMs: Math.min(...plan.routes.map((route) => route.deadlineMs)),
  });
}

it('shows that a plan was beyond the generator', async (context) => {
  const plan = planOf(40_000, 3, 'even', { inFlightLimit: 2000 });
  server = await startServer('stalling-server.mjs');
  const measured = await measure(plan, server.url);
  const { valid, reasons } = judge(plan, measured);
  await context.annotate(reasons.join('; '));
  expect(measured.summary.planned).toBe(120_000);
  expect(valid).toBe(false);
});

it('shows that the machine did not let the generator run', async (context) => {
  const plan = planOf(500, 4, 'even');
  server = await startServer('stalling-server.mjs');
  const measured = await measure(plan, server.url, (pid) => {
    setTimeout(() => process.kill(pid, 'SIGSTOP'), 1500);
    setTimeout(() => process.kill(pid, 'SIGCONT'), 1800);
  });
  const { valid, reasons } = judge(plan, measured);
  await context.annotate(reasons.join('; '));
  expect(measured.summary).toMatchObject({ planned: 2000, sent: 2000 });
  expect(measured.summary.latenessP99Ms).toBeGreaterThan(200);
  expect(valid).toBe(false);
});
