import { expect, it } from 'vitest';
import { createCpuQuota } from './cpu-quota.ts';

it('lets a program run until its quota of the period is used up, and again at the end of the period', () => {
  const quota = createCpuQuota(0, 10);
  expect(quota.advance(5, 5)).toBe(false);
  expect(quota.advance(9, 4)).toBe(false);
  expect(quota.advance(10, 1)).toBe(true);
  expect(quota.advance(99, 0)).toBe(true);
  expect(quota.advance(100, 0)).toBe(false);
  expect(quota).toMatchObject({ periods: 1, throttledPeriods: 1, throttledMs: 90 });
});

it('never stops a program that uses a little in every period', () => {
  const quota = createCpuQuota(0, 10);
  for (let nowMs = 5; nowMs <= 10_000; nowMs += 5) expect(quota.advance(nowMs, 0.4)).toBe(false);
  expect(quota).toMatchObject({ periods: 100, throttledPeriods: 0, throttledMs: 0 });
});

it('takes what was used beyond the quota from the following periods', () => {
  const quota = createCpuQuota(0, 10);
  expect(quota.advance(40, 35)).toBe(true);
  expect(quota.advance(100, 0)).toBe(true);
  expect(quota.advance(200, 0)).toBe(true);
  expect(quota.advance(300, 0)).toBe(false);
  expect(quota.nextMs(300)).toBe(5);
  expect(quota).toMatchObject({ periods: 3, throttledPeriods: 3, throttledMs: 260 });
});

it('does not save what a period leaves', () => {
  const quota = createCpuQuota(0, 10);
  quota.advance(100, 1);
  expect(quota.advance(110, 10)).toBe(true);
});

it('counts no period in which the program did nothing', () => {
  const quota = createCpuQuota(0, 10);
  for (let nowMs = 5; nowMs <= 1_000; nowMs += 5) quota.advance(nowMs, nowMs === 250 ? 1 : 0);
  expect(quota.periods).toBe(1);
});

it('gives each of several periods its quota when it is asked late', () => {
  const quota = createCpuQuota(0, 50);
  expect(quota.advance(350, 140)).toBe(false);
  expect(quota.periods).toBe(3);
  expect(quota.nextMs(350)).toBe(50);
});

it('asks to be called when the quota could be used up, or when the period ends', () => {
  const quota = createCpuQuota(0, 10);
  quota.advance(4, 4);
  expect(quota.nextMs(4)).toBe(6);
  quota.advance(10, 6);
  expect(quota.nextMs(10)).toBe(90);
  quota.advance(101, 0);
  quota.advance(195, 0);
  expect(quota.nextMs(195)).toBe(5);
});

it('forgets the debt when it gets another quota', () => {
  const quota = createCpuQuota(0, 10);
  quota.advance(40, 35);
  quota.setQuota(50, 20);
  expect(quota.advance(60, 10)).toBe(false);
  expect(quota.advance(70, 10)).toBe(true);
  quota.setQuota(80, null);
  expect(quota.advance(90, 10_000)).toBe(false);
  expect(quota.nextMs(90)).toBeNull();
  expect(quota.throttledMs).toBe(20);
});
