import { describe, expect, it } from 'vitest';
import { createLayer } from '../../test/support/layers.ts';
import { createKeeper } from '../kernel/kept-values.ts';
import { boundedCache } from './bounded-cache.ts';

function createCache(settings: Record<string, number>) {
  const { layer, events } = createLayer(boundedCache, settings);
  const keeper = createKeeper();
  return {
    keeper,
    events,
    keep(key: string, megabytes: number) {
      keeper.put(key, key, megabytes * 1_000_000);
      layer.bound?.(keeper);
    },
  };
}

describe('bounded-cache', () => {
  it('keeps what fits', () => {
    const { keep, keeper, events } = createCache({ maxMegabytes: 20 });
    keep('a', 10);
    keep('b', 10);
    expect([keeper.totalBytes, keeper.entries, events]).toEqual([20_000_000, 2, []]);
  });

  it('drops the oldest until the bytes fit again', () => {
    const { keep, keeper, events } = createCache({ maxMegabytes: 20 });
    for (const key of ['a', 'b', 'c']) keep(key, 6);
    keep('d', 12);
    expect([keeper.totalBytes, keeper.entries]).toEqual([18_000_000, 2]);
    expect(events).toEqual(['dropped', 'dropped']);
  });

  it('drops the oldest until the entries fit again', () => {
    const { keep, keeper, events } = createCache({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c', 'd']) keep(key, 1);
    expect([keeper.totalBytes, keeper.entries, events]).toEqual([2_000_000, 2, ['dropped', 'dropped']]);
  });

  it('keeps nothing that is larger than the bound alone', () => {
    const { keep, keeper } = createCache({ maxMegabytes: 5 });
    keep('a', 6);
    expect([keeper.totalBytes, keeper.entries]).toEqual([0, 0]);
  });
});
