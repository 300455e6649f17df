import { Type } from 'typebox';
import { BYTES_PER_MB } from '../kernel/ballast.ts';
import { defineProtection } from './protection.ts';

/**
 * Gives the cache of this process a bound, in bytes and in entries: after each value that it keeps, the oldest ones
 * go until both hold. A bound in entries alone says nothing about memory. Native memory leaves the process with the
 * next garbage collection, so RSS may be above the bound by what V8 lets grow in between.
 * Source: Node.js documentation, "Diagnostics", guide on memory; lru-cache documentation, `maxSize` and `max`.
 */
export const boundedCache = defineProtection({
  name: 'bounded-cache',
  edge: 'cache-read',
  layer: 'resource',
  summary:
    'Keeps at most maxMegabytes and maxEntries in the cache of this process; the oldest entries go first.',
  settings: Type.Object({
    maxMegabytes: Type.Number({ minimum: 1, maximum: 100_000, default: 50 }),
    maxEntries: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 1000 }),
  }),
  events: ['dropped'],
  create({ maxMegabytes, maxEntries }, { emit }) {
    return {
      bound(kept) {
        const isTooLarge = (): boolean =>
          kept.totalBytes > maxMegabytes * BYTES_PER_MB || kept.entries > maxEntries;
        while (isTooLarge() && kept.dropOldest()) emit('dropped');
      },
    };
  },
});
