import { Type } from 'typebox';
import { allocateHeap, allocateNative, BYTES_PER_MB } from '../kernel/ballast.ts';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/**
 * A cache without a bound: what each request puts in stays. `native` memory lies outside of V8's heap: the heap looks
 * flat, --max-old-space-size does not help, and the kernel ends the process at its limit (137). `heap` memory are
 * objects: garbage collections take longer and longer, until V8 gives up (134).
 * Source: Node.js documentation, `process.memoryUsage` and `buffer.allocUnsafeSlow`.
 */
export const memoryLeak = defineFailure({
  name: 'memory-leak',
  method: 'GET',
  path: '/api/memory-leak',
  summary: 'Keeps size_mb megabytes of touched memory for ever, in a cache that has no bound.',
  parameters: Type.Object({
    size_mb: Type.Integer({ minimum: 1, maximum: 200, default: 10, description: 'megabytes of 10^6 bytes' }),
    kind: Type.Union([Type.Literal('native'), Type.Literal('heap')], {
      default: 'native',
      description: 'native: buffers outside of the heap; heap: objects',
    }),
  }),
  answer: Type.Object({
    kind: Type.String(),
    leakedBytes: Type.Integer({ description: 'by this request' }),
    keptBytes: Type.Integer({ description: 'by all requests so far, as far as it is still kept' }),
    rssBeforeBytes: Type.Integer(),
    rssAfterBytes: Type.Integer(),
    heapUsedBeforeBytes: Type.Integer(),
    heapUsedAfterBytes: Type.Integer(),
  }),
  async run({ size_mb, kind }, { call, cache, clock, random, readings }) {
    const leakedBytes = size_mb * BYTES_PER_MB;
    const rssBeforeBytes = readings.residentBytes();
    const heapUsedBeforeBytes = readings.heapUsedBytes();
    const allocate = kind === 'native' ? allocateNative : allocateHeap;
    const value = await allocate(leakedBytes, () => sleep(clock, 0, call.signal));
    const key = `memory-leak:${clock.nowMs()}:${random()}`;
    const keptBytes = await cache.keep(key, value, leakedBytes, call);
    return {
      kind,
      leakedBytes,
      keptBytes,
      rssBeforeBytes,
      rssAfterBytes: readings.residentBytes(),
      heapUsedBeforeBytes,
      heapUsedAfterBytes: readings.heapUsedBytes(),
    };
  },
});
