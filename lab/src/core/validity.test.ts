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
