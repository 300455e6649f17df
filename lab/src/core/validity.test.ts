import { expect, test } from 'vitest';
import { type InstrumentFigures, judgeValidity } from './validity.ts';

const good: InstrumentFigures = {
  latenessP99Ms: 2,
  plannedRequests: 1000,
  sentRequests: 1000,
  driverUtilisationRatio: 0.1,
  foreignCpuRatio: 0.05,
  scrapeGaps: 0,
  scrapes: 40,
  smallestDeadlineMs: 1000,
};

test('a quiet machine gives a valid run without reasons', () => {
  expect(judgeValidity(good)).toMatchObject({ valid: true, reasons: [] });
});

test.each([
  ['lateness', { latenessP99Ms: 21 }, /requests left late: p99 21\.0 ms.*limit 20 ms/],
  ['missing lateness', { latenessP99Ms: null }, /no lateness/],
  ['requests that were not sent', { sentRequests: 994 }, /sent 994 of 1000/],
  ['a busy driver', { driverUtilisationRatio: 0.71 }, /driver was busy 71 %/],
  ['foreign CPU', { foreignCpuRatio: 0.61 }, /other processes used 61 %/],
  ['gaps', { scrapeGaps: 5 }, /5 of 40 scrapes/],
] as const)('%s makes the run prove nothing, and the reason says the limit', (_, change, reason) => {
  const validity = judgeValidity({ ...good, ...change });
  expect(validity.valid).toBe(false);
  expect(validity.reasons).toHaveLength(1);
  expect(validity.reasons[0]).toMatch(reason);
});

test('what cannot be known does not make a run invalid', () => {
  expect(judgeValidity({ ...good, foreignCpuRatio: null }).valid).toBe(true);
});

test('all reasons are given at once', () => {
  expect(judgeValidity({ ...good, latenessP99Ms: 99, sentRequests: 1, scrapeGaps: 40 }).reasons).toHaveLength(
    3,
  );
});

const generator = {
  name: 'load-1-1-x7k2p',
  plannedRequests: 300,
  sentRequests: 300,
  latenessP99Ms: 2,
  utilisationRatio: 0.1,
  startUncertaintyMs: 1,
};

test.each([
  ['lateness', { latenessP99Ms: 21 }, 'requests left late: p99 21.0 ms after their time, limit 20 ms'],
  ['silence', { latenessP99Ms: null }, 'it reported no lateness'],
  ['requests not sent', { sentRequests: 290 }, 'it sent 290 of 300 planned requests, limit 99.5 %'],
  ['work', { utilisationRatio: 0.9 }, 'it was busy 90 % of its time, limit 70 %'],
  ['start', { startUncertaintyMs: 25 }, 'its start is known to ±25.0 ms only, limit 20 ms'],
])('%s of one generator among many makes the run prove nothing, by its name', (_, change, reason) => {
  const generators = [generator, { ...generator, ...change, name: 'load-1-2-q9wzt' }];
  const validity = judgeValidity({ ...good, generators });
  expect(validity.reasons).toEqual([`generator load-1-2-q9wzt: ${reason}`]);
  expect(validity.generators).toEqual(generators);
});

test('a generator that had nothing to send is not to blame for that', () => {
  const idle = { ...generator, plannedRequests: 0, sentRequests: 0, latenessP99Ms: null };
  expect(judgeValidity({ ...good, generators: [generator, idle] }).reasons).toEqual([]);
});
