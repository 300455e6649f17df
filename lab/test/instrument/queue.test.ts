import { afterEach, expect, it } from 'vitest';
import { toSchedule } from '../../src/core/plan.ts';
import { meanOf, measure, planOf, startServer, type LoggingServer } from './instrument.ts';
import { drawServiceTimesMs, exactMeanWaitMs, meanWaitMs } from './queueing-theory.ts';

interface Entry {
  readonly arrivedMs: number;
  readonly startedMs: number;
  readonly doneMs: number;
}

const slots = 10;
const serviceMs = 25;
const rate = 320;
const durationSeconds = 30;

let server: LoggingServer<Entry> | undefined;
afterEach(() => server?.stop());

/**
 * The mean wait of 30 s of such a queue has a standard error of about a quarter of its value: waits of one busy period are
 * alike (it would take half an hour to bring it down to 3 %). So the draws are chosen, before anything is measured, so that
 * the queue computed on paper from them lies within 1 % of the long-run mean. What differs then is the instrument.
 */
function chooseDraws() {
  for (let seed = 1; ; seed += 1) {
    const plan = planOf(rate, durationSeconds, 'poisson', { seed });
    const { startsMs } = toSchedule(plan);
    const serviceTimesMs = drawServiceTimesMs(seed + 1_000_000, startsMs.length, serviceMs);
    const exactMs = exactMeanWaitMs(slots, startsMs, serviceTimesMs);
    const longRunMs = meanWaitMs(slots, startsMs.length / durationSeconds / 1000, meanOf(serviceTimesMs));
    if (Math.abs(exactMs / longRunMs - 1) < 0.01) return { plan, serviceTimesMs, seed };
  }
}

it('agrees with Erlang C on an M/M/10 queue at 80 % load', async (context) => {
  const { plan, serviceTimesMs, seed } = chooseDraws();
  server = await startServer<Entry>('queue-server.mjs', { type: 'set-up', slots, serviceTimesMs });
  const { summary, latencies } = await measure(plan, server.url);
  const log = await server.readLog();

  // Theory takes what the server really did: timers are never exact.
  const realServiceMs = meanOf(log.map(({ startedMs, doneMs }) => doneMs - startedMs));
  const arrivals = log.map(({ arrivedMs }) => arrivedMs).sort((left, right) => left - right);
  const arrivalsPerMs = (arrivals.length - 1) / ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0));
  const theoryWaitMs = meanWaitMs(slots, arrivalsPerMs, realServiceMs);
  const theoryLatencyMs = theoryWaitMs + realServiceMs;
  const loggedWaitMs = meanOf(log.map(({ arrivedMs, startedMs }) => startedMs - arrivedMs));
  const latencyMs = latencies.mean / 1000;
  await context.annotate(
    `seed ${seed}: latency ${latencyMs.toFixed(2)} ms, theory ${theoryLatencyMs.toFixed(2)}; ` +
      `wait ${loggedWaitMs.toFixed(2)} ms, theory ${theoryWaitMs.toFixed(2)}; ` +
      `service ${realServiceMs.toFixed(2)} ms, ${(arrivalsPerMs * 1000).toFixed(1)}/s`,
  );

  expect(log).toHaveLength(summary.planned);
  expect(Math.abs(latencyMs / theoryLatencyMs - 1)).toBeLessThan(0.1);
  expect(Math.abs(loggedWaitMs / theoryWaitMs - 1)).toBeLessThan(0.1);
});

it('computes Erlang C as the tables do, and the exact queue as the long run', () => {
  // A single server waits ρ·S ÷ (1 − ρ); the value for 10 servers is that of published Erlang C tables.
  expect(meanWaitMs(1, 0.5, 1)).toBeCloseTo(1, 9);
  expect(meanWaitMs(10, 0.32, 25)).toBeCloseTo((0.4092 * 25) / 2, 2);
  const { startsMs } = toSchedule(planOf(rate, 3000, 'poisson'));
  const serviceTimesMs = drawServiceTimesMs(9, startsMs.length, serviceMs);
  const longRunMs = meanWaitMs(slots, startsMs.length / 3_000_000, meanOf(serviceTimesMs));
  expect(Math.abs(exactMeanWaitMs(slots, startsMs, serviceTimesMs) / longRunMs - 1)).toBeLessThan(0.1);
});
