import { describe, expect, it } from 'vitest';
import { createCalmReadings } from '../../test/support/layers.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import type { Freshness } from '../kernel/caching.ts';
import { createRandom, type Random } from '../kernel/random.ts';
import { earlyRefresh } from './early-refresh.ts';

const LOAD_MS = 200;

/** What it makes of an entry that took 200 ms to load and has leftMs to live. */
function createJudge(beta: number, random: Random) {
  const events: string[] = [];
  const clock = createManualClock();
  const context = {
    clock,
    random,
    readings: createCalmReadings(),
    emit: (event: string) => events.push(event),
  };
  const layer = earlyRefresh.create({ beta }, context);
  const judge = (leftMs: number, freshness: Freshness = 'fresh') =>
    layer.judge?.(freshness, { value: 1, expiresAtMs: clock.nowMs() + leftMs, loadMs: LOAD_MS });
  return { judge, events };
}

describe('early-refresh', () => {
  // U = 1 − random(); with U = 0.5 the threshold is 200 ms · ln 2 = 138.6 ms before the expiry.
  it('refreshes when β · δ · −ln U reaches the time that is left', () => {
    const { judge, events } = createJudge(1, () => 0.5);
    expect(judge(139)).toBe('fresh');
    expect(events).toEqual([]);
    expect(judge(138)).toBe('miss');
    expect(events).toEqual(['refreshed-early']);
  });

  it('begins earlier with more β', () => {
    const { judge } = createJudge(3, () => 0.5);
    expect(judge(416)).toBe('fresh');
    expect(judge(415)).toBe('miss');
  });

  it.each([
    [1, 1, 0.3679],
    [1, 3, 0.0498],
    [2, 1, 0.6065],
    [1, 25, 0],
  ])('with β %d and %d · δ left it refreshes with probability %f', (beta, loads, probability) => {
    const { judge } = createJudge(beta, createRandom(7));
    const draws = 20_000;
    let refreshes = 0;
    for (let draw = 0; draw < draws; draw += 1) if (judge(loads * LOAD_MS) === 'miss') refreshes += 1;
    expect(probability).toBeCloseTo(Math.exp(-loads / beta), 4);
    expect(refreshes / draws).toBeGreaterThan(probability - 0.01);
    expect(refreshes / draws).toBeLessThan(probability + 0.01);
  });

  it('leaves what is a miss or stale as it is, whatever it draws', () => {
    const { judge, events } = createJudge(1, () => 0.999999);
    expect(judge(-1, 'miss')).toBe('miss');
    expect(judge(-1, 'stale')).toBe('stale');
    expect(events).toEqual([]);
  });

  it('never refreshes on the draw of 0, and does not fail', () => {
    expect(createJudge(100, () => 0).judge(1)).toBe('fresh');
  });
});
