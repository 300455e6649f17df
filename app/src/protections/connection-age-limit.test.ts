import { describe, expect, it } from 'vitest';
import { createCall, createLayer } from '../../test/support/layers.ts';
import type { RequestView } from '../kernel/call.ts';
import { createRandom } from '../kernel/random.ts';
import { connectionAgeLimit } from './connection-age-limit.ts';

interface View extends RequestView {
  isClosed: boolean;
}

function createView(connectionAgeMs: number, connectionRequests: number): View {
  const view: View = {
    longestTextLength: 0,
    connectionAgeMs,
    connectionRequests,
    isClosed: false,
    closeConnection: () => (view.isClosed = true),
    markDegraded: () => {},
  };
  return view;
}

const fine = (): Promise<string> => Promise.resolve('fine');

describe('connection-age-limit', () => {
  it('leaves a young connection open, and the request untouched in any case', async () => {
    const { execute, events } = createLayer(connectionAgeLimit, { maxAgeSeconds: 10, jitterRatio: 0 });
    const view = createView(9_999, 5);
    await expect(execute(fine, createCall({ request: view }))).resolves.toBe('fine');
    expect(view.isClosed).toBe(false);
    expect(events).toEqual([]);
  });

  it('ends an old connection with its answer', async () => {
    const { execute, events } = createLayer(connectionAgeLimit, { maxAgeSeconds: 10 });
    const view = createView(10_000, 5);
    await expect(execute(fine, createCall({ request: view }))).resolves.toBe('fine');
    expect(view.isClosed).toBe(true);
    expect(events).toEqual(['closed']);
  });

  it('ends a connection at its maxRequests-th request, and with 0 never for that', async () => {
    const limited = createLayer(connectionAgeLimit, { maxRequests: 3 });
    const views = [createView(0, 2), createView(0, 3)];
    for (const request of views) await limited.execute(fine, createCall({ request }));
    expect(views.map(({ isClosed }) => isClosed)).toEqual([false, true]);
    const unlimited = createLayer(connectionAgeLimit, { maxRequests: 0 });
    const view = createView(0, 1_000_000);
    await unlimited.execute(fine, createCall({ request: view }));
    expect(view.isClosed).toBe(false);
  });

  it.each([10, 200])(
    'spreads the ends evenly over the jittered share of the age, at %i requests per second',
    async (ratePerSecond) => {
      const random = createRandom(1);
      const settings = { maxAgeSeconds: 10, maxRequests: 0, jitterRatio: 0.5 };
      const { clock, readings } = createLayer(connectionAgeLimit);
      const layer = connectionAgeLimit.create(settings, { clock, random, readings, emit: () => {} });
      const endsMs: number[] = [];
      for (let connection = 0; connection < 400; connection += 1) {
        for (let request = 4 * ratePerSecond; request <= 10 * ratePerSecond; request += 1) {
          const view = createView((request * 1000) / ratePerSecond, request);
          void layer.execute?.(fine, createCall({ request: view }));
          if (!view.isClosed) continue;
          endsMs.push(view.connectionAgeMs);
          break;
        }
      }
      expect(endsMs.length).toBe(400);
      expect(Math.min(...endsMs)).toBeGreaterThanOrEqual(5000);
      expect(Math.max(...endsMs)).toBeLessThanOrEqual(10_000);
      const late = endsMs.filter((endMs) => endMs > 7500).length / endsMs.length;
      expect(late).toBeGreaterThan(0.4);
      expect(late).toBeLessThan(0.6);
    },
  );
});
