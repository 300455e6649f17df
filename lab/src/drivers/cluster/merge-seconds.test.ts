import { expect, it } from 'vitest';
import { toLoadSecond } from '../../../test/fakes/fake-system.ts';
import type { LoadSecond } from '../../core/events.ts';
import { percentilesMs } from '../../core/percentiles.ts';
import { mergeSeconds, SecondMerger } from './merge-seconds.ts';

const tasks = 'GET /tasks';
const partOf = (good: number, latencyMs: number, changes: Partial<LoadSecond> = {}): LoadSecond => ({
  ...toLoadSecond(4, { [tasks]: { outcomes: { good }, latencyMs } }, latencyMs / 10),
  ...changes,
});

it('adds what is counted, and takes percentiles of all requests, not of percentiles', () => {
  const merged = mergeSeconds([partOf(90, 10), partOf(10, 500, { sent: 8, utilisationRatio: 0.6 })]);
  expect(merged).toMatchObject({ second: 4, planned: 100, sent: 98, utilisationRatio: 0.6 });
  expect(merged.routes[tasks]).toMatchObject({ offered: 100, outcomes: { good: 100 } });
  const latencies = percentilesMs([merged.routes[tasks]?.latencies['good'] ?? ''], [50, 90, 91]);
  expect(latencies.map((latencyMs) => Math.round(latencyMs ?? 0))).toEqual([10, 10, 500]);
  expect(percentilesMs([merged.lateness], [50, 99]).map((value) => Math.round(value ?? 0))).toEqual([1, 50]);
});

it('keeps outcomes apart, also those that only one generator saw', () => {
  const failing = toLoadSecond(4, { [tasks]: { outcomes: { good: 1, timeout: 4 }, latencyMs: 50 } });
  const merged = mergeSeconds([partOf(5, 10), failing]);
  expect(merged.routes[tasks]?.outcomes).toEqual({ good: 6, timeout: 4 });
  expect(Object.keys(merged.routes[tasks]?.latencies ?? {})).toEqual(['good', 'timeout']);
});

it('hands a second on when every generator has given it, in order', () => {
  const handedOn: number[] = [];
  const merger = new SecondMerger(2, ({ second }) => handedOn.push(second));
  const give = (second: number) => merger.add(partOf(1, 1, { second }));
  give(0);
  give(1);
  expect(handedOn).toEqual([]);
  give(0);
  expect(handedOn).toEqual([0]);
  give(1);
  expect(handedOn).toEqual([0, 1]);
});
