import { describe, expect, it } from 'vitest';
import { createLayer } from '../../test/support/layers.ts';
import type { Freshness } from '../kernel/caching.ts';
import { staleWhileRevalidate } from './stale-while-revalidate.ts';

const ENTRY = { value: 1, expiresAtMs: 1000, loadMs: 50 };

async function judgeAt(ms: number, freshness: Freshness, staleSeconds = 2) {
  const { layer, clock, events } = createLayer(staleWhileRevalidate, { staleSeconds });
  await clock.advance(ms);
  return { judged: layer.judge?.(freshness, ENTRY), events };
}

describe('stale-while-revalidate', () => {
  it('leaves a fresh value alone', async () => {
    expect(await judgeAt(500, 'fresh')).toEqual({ judged: 'fresh', events: [] });
  });

  it('serves an expired value for staleSeconds more', async () => {
    expect(await judgeAt(1000, 'miss')).toEqual({ judged: 'stale', events: ['served-stale'] });
    expect(await judgeAt(2999, 'miss')).toEqual({ judged: 'stale', events: ['served-stale'] });
    expect(await judgeAt(3000, 'miss')).toEqual({ judged: 'miss', events: [] });
  });

  it('takes an early refresh into the background', async () => {
    expect(await judgeAt(900, 'miss')).toEqual({ judged: 'stale', events: ['served-stale'] });
  });
});
