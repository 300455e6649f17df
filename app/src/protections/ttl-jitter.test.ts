import { expect, it } from 'vitest';
import { createCalmReadings, createLayer } from '../../test/support/layers.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createRandom } from '../kernel/random.ts';
import { ttlJitter } from './ttl-jitter.ts';

it('leaves the mean of the lives as it was', () => {
  const { layer, events } = createLayer(ttlJitter);
  expect(layer.toTtlMs?.(1000)).toBe(1000);
  expect(events).toEqual(['jittered']);
});

it.each([
  [0, 800],
  [0.25, 900],
  [0.75, 1100],
])('with ratio 0.2 and the draw %d a life of 1000 ms becomes %d ms', (draw, ttlMs) => {
  const context = { clock: createManualClock(), readings: createCalmReadings(), emit: () => {} };
  const layer = ttlJitter.create({ ratio: 0.2 }, { ...context, random: () => draw });
  expect(layer.toTtlMs?.(1000)).toBeCloseTo(ttlMs);
});

it('spreads the expiries of values that were cached together evenly', () => {
  const context = { clock: createManualClock(), readings: createCalmReadings(), emit: () => {} };
  const layer = ttlJitter.create({ ratio: 0.1 }, { ...context, random: createRandom(3) });
  const ttlsMs = Array.from({ length: 1000 }, () => layer.toTtlMs?.(5000) ?? 0);
  const counts = [4500, 4750, 5000, 5250].map(
    (fromMs) => ttlsMs.filter((ttlMs) => ttlMs >= fromMs && ttlMs < fromMs + 250).length,
  );
  expect(counts.reduce((sum, count) => sum + count)).toBe(1000);
  for (const count of counts) expect(Math.abs(count - 250)).toBeLessThan(50);
});
