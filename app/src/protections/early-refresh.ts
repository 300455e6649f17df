import { Type } from 'typebox';
import { defineProtection } from './protection.ts';

/**
 * XFetch: each reader of a fresh value makes it anew already with a probability that grows towards the expiry, so one
 * does it alone before all must. A reader draws U uniformly from (0, 1] and refreshes when −β · δ · ln U ≥ time left, δ being
 * how long the last load took. Hence P(refresh) = e^(−left / (β · δ)): 1 at the expiry, 37 % when δ is left, 5 % when 3 · δ
 * are left (β = 1). More β refreshes earlier.
 * Who draws it waits for the load, unless `stale-while-revalidate` is on; several may draw it, unless `single-flight` is on.
 * Source: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention" (VLDB 2015).
 */
export const earlyRefresh = defineProtection({
  name: 'early-refresh',
  edge: 'cache-read',
  layer: 'resource',
  summary:
    'Lets single readers refresh a value before it expires, the nearer to its expiry the likelier (XFetch).',
  settings: Type.Object({ beta: Type.Number({ minimum: 0.01, maximum: 100, default: 1 }) }),
  events: ['refreshed-early'],
  create({ beta }, { clock, random, emit }) {
    return {
      judge(freshness, { expiresAtMs, loadMs }) {
        if (freshness !== 'fresh') return freshness;
        const leftMs = expiresAtMs - clock.nowMs();
        // random() may be 0 and never 1, the logarithm wants it the other way round.
        if (-beta * loadMs * Math.log(1 - random()) < leftMs) return freshness;
        emit('refreshed-early');
        return 'miss';
      },
    };
  },
});
