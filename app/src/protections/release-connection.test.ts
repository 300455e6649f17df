import { describe, expect, it } from 'vitest';
import { createLayer } from '../../test/support/layers.ts';
import { releaseConnection } from './release-connection.ts';

describe('release-connection', () => {
  it('gives the connection back before the work begins', async () => {
    const { layer, events } = createLayer(releaseConnection);
    const order: string[] = [];
    const held = {
      giveBack: () => {
        order.push('given back');
        return Promise.resolve(true);
      },
    };
    await layer.outside?.(() => Promise.resolve(order.push('work')), held);
    expect(order).toEqual(['given back', 'work']);
    expect(events).toEqual(['released']);
  });

  it('counts nothing when no connection was held', async () => {
    const { layer, events } = createLayer(releaseConnection);
    await layer.outside?.(() => Promise.resolve(), { giveBack: () => Promise.resolve(false) });
    expect(events).toEqual([]);
  });

  it('does not begin the work when the commit fails', async () => {
    const { layer } = createLayer(releaseConnection);
    let isBegun = false;
    const work = (): Promise<void> => {
      isBegun = true;
      return Promise.resolve();
    };
    const result = layer.outside?.(work, { giveBack: () => Promise.reject(new Error('no commit')) });
    await expect(result).rejects.toThrow('no commit');
    expect(isBegun).toBe(false);
  });
});
