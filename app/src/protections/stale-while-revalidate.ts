import { Type } from 'typebox';
import { LONGEST_STALE_MS } from '../kernel/caching.ts';
import { defineProtection } from './protection.ts';

/**
 * Serves a value for staleSeconds after its expiry, and makes a new one in the background meanwhile: no reader waits
 * but the first of all. It also covers a load that fails: the old value stays until its time is over. It is the outer
 * of the layers that judge, so with `early-refresh` on nobody waits for an early refresh either.
 * The cache runs one refresh in the background per key at a time, with `single-flight` or without.
 * Source: RFC 5861, "HTTP Cache-Control Extensions for Stale Content", section 3.
 */
export const staleWhileRevalidate = defineProtection({
  name: 'stale-while-revalidate',
  edge: 'cache-read',
  layer: 'fallback',
  summary: 'Serves an expired value for staleSeconds more while a new one is made in the background.',
  settings: Type.Object({
    staleSeconds: Type.Number({ minimum: 0.1, maximum: LONGEST_STALE_MS / 1000, default: 30 }),
  }),
  events: ['served-stale'],
  create({ staleSeconds }, { clock, emit }) {
    return {
      judge(freshness, entry) {
        if (freshness !== 'miss' || clock.nowMs() >= entry.expiresAtMs + staleSeconds * 1000)
          return freshness;
        emit('served-stale');
        return 'stale';
      },
    };
  },
});
