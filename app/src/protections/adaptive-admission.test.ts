import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import type { Clock } from '../kernel/clock.ts';
import { createRandom } from '../kernel/random.ts';
import { adaptiveAdmission } from './adaptive-admission.ts';
import type { Layer } from './protection.ts';

const fine = (): Promise<string> => Promise.resolve('fine');
const ratioOf = (layer: Layer): number => layer.gauges?.['lab_admission_ratio']?.() ?? -1;

describe('adaptive-admission', () => {
  it('lets everything in while its timer comes in time', async () => {
    const { execute, layer, clock, events } = createLayer(adaptiveAdmission);
    await clock.advance(1000);
    await expect(execute(fine, createCall())).resolves.toBe('fine');
    expect(ratioOf(layer)).toBe(1);
    expect(events).toEqual([]);
  });

  it('decreases by its factor once for each target that a tick is late, at most ten times', () => {
    const loop = createLoop();
    const layer = createAdmission(loop, { targetLagMs: 20, decreaseRatio: 0.9 });
    loop.block(10 + 20);
    expect(ratioOf(layer)).toBe(1);
    loop.block(10 + 40);
    expect(ratioOf(layer)).toBeCloseTo(0.9 ** 2);
    loop.block(10_000);
    expect(ratioOf(layer)).toBeCloseTo(0.9 ** 12);
  });

  it('never lets in less than minimumRatio, and recovers step by step', () => {
    const loop = createLoop();
    const layer = createAdmission(loop, { minimumRatio: 0.3, increaseRatio: 0.1 });
    for (let times = 0; times < 5; times += 1) loop.block(500);
    expect(ratioOf(layer)).toBe(0.3);
    loop.block(10);
    expect(ratioOf(layer)).toBeCloseTo(0.4);
    for (let times = 0; times < 20; times += 1) loop.block(10);
    expect(ratioOf(layer)).toBe(1);
  });

  it('rejects what is beyond the ratio with its own code', async () => {
    const loop = createLoop();
    const events: string[] = [];
    const layer = createAdmission(loop, {}, events);
    for (let times = 0; times < 5; times += 1) loop.block(1000);
    const { execute } = layer;
    if (execute === undefined) throw new Error('it has no execute');
    let ran = false;
    const work = (): Promise<void> => ((ran = true), Promise.resolve());
    expect(await failureOf(execute(work, createCall()))).toMatchObject({
      code: 'OVERLOADED',
      retryAfterSeconds: 1,
    });
    expect(ran).toBe(false);
    expect(events).toEqual(['rejected']);
  });

  it('ends its timer when it is taken off', async () => {
    const { layer, clock } = createLayer(adaptiveAdmission);
    await clock.advance(25);
    expect(clock.timers).toBe(1);
    layer.close?.();
    expect(clock.timers).toBe(0);
    await clock.advance(100);
    expect(clock.timers).toBe(0);
  });

  it.each([
    ['1.5', 700],
    ['3', 1400],
  ])('keeps the loop answering at %s times its capacity', (_times, ratePerSecond) => {
    const { admitted, p99Ms } = overload(ratePerSecond, 2.2, 10);
    const capacity = 10_000 / 2.2;
    expect(admitted / capacity).toBeGreaterThan(0.8);
    expect(p99Ms).toBeLessThan(250);
  });
});

/** An event loop that a test blocks: timers that are due run after the blockage, as Node runs them. */
interface Loop extends Clock {
  block(forMs: number): void;
}

function createLoop(): Loop {
  let nowMs = 0;
  let timer: { dueMs: number; task: () => void } | undefined;
  return {
    nowMs: () => nowMs,
    schedule(delayMs, task) {
      timer = { dueMs: nowMs + delayMs, task };
      return () => (timer = undefined);
    },
    block(forMs) {
      nowMs += forMs;
      if (timer !== undefined && timer.dueMs <= nowMs) timer.task();
    },
  };
}

function createAdmission(loop: Loop, settings: Record<string, number>, events: string[] = []): Layer {
  const random = createRandom(1);
  const defaults = { targetLagMs: 20, decreaseRatio: 0.9, increaseRatio: 0.02, minimumRatio: 0.01 };
  const { readings } = createLayer(adaptiveAdmission);
  return adaptiveAdmission.create(
    { ...defaults, ...settings },
    { clock: loop, random, readings, emit: (event) => events.push(event) },
  );
}

/** Requests that keep the loop busy for costMs each arrive evenly; the loop takes what has arrived, then its timers. */
function overload(ratePerSecond: number, costMs: number, seconds: number) {
  const loop = createLoop();
  const layer = createAdmission(loop, {});
  const random = createRandom(2);
  const latenciesMs: number[] = [];
  let arrived = 0;
  while (loop.nowMs() < seconds * 1000) {
    const due = Math.floor((loop.nowMs() * ratePerSecond) / 1000);
    if (due === arrived) loop.block(1);
    let busyMs = 0;
    for (; arrived < due; arrived += 1) {
      if (random() >= ratioOf(layer)) continue;
      busyMs += costMs;
      latenciesMs.push(loop.nowMs() + busyMs - (arrived * 1000) / ratePerSecond);
    }
    loop.block(busyMs);
  }
  latenciesMs.sort((a, b) => a - b);
  return {
    admitted: latenciesMs.length,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Infinity,
  };
}
