import { Type } from 'typebox';
import { defineProtection } from './protection.ts';

/**
 * Spreads expiries: an entry lives ttl · (1 ± ratio), uniformly. Values that were cached in the same moment, after a
 * start or a flush, then do not expire in the same moment. It cannot help one popular key: that has one expiry, whenever it is.
 * Source: AWS Builders' Library, "Timeouts, retries, and backoff with jitter", section on jitter for all periodic work.
 */
export const ttlJitter = defineProtection({
  name: 'ttl-jitter',
  edge: 'cache-read',
  layer: 'resource',
  summary: 'Lets each cached value live up to ratio shorter or longer, so that not all expire at once.',
  settings: Type.Object({ ratio: Type.Number({ minimum: 0, maximum: 0.9, default: 0.1 }) }),
  events: ['jittered'],
  create({ ratio }, { random, emit }) {
    return {
      toTtlMs(ttlMs) {
        emit('jittered');
        return ttlMs * (1 + ratio * (2 * random() - 1));
      },
    };
  },
});
