import { describe, expect, it } from 'vitest';
import { createContext, type ContextUnderTest } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { createKeeper } from '../kernel/kept-values.ts';
import { memoryLeak } from './memory-leak.ts';

function createSubject(overrides: Parameters<typeof createContext>[0] = {}) {
  const keeper = createKeeper();
  const { cache: refuse, ...rest } = createContext(overrides);
  const cache: ContextUnderTest['cache'] = {
    ...refuse,
    keep(key, value, sizeBytes) {
      keeper.put(key, value, sizeBytes);
      return Promise.resolve(keeper.totalBytes);
    },
  };
  let draw = 0;
  const random = (): number => (draw += 0.001);
  return { context: { ...rest, random, cache }, keeper };
}

describe('memory-leak', () => {
  it.each(['native', 'heap'] as const)(
    'keeps what it was asked for, %s memory, under a new key each time',
    async (kind) => {
      const { context, keeper } = createSubject();
      const first = await memoryLeak.run({ size_mb: 1, kind }, context);
      expect(first).toMatchObject({ kind, leakedBytes: 1_000_000, keptBytes: 1_000_000 });
      const second = await memoryLeak.run({ size_mb: 2, kind }, context);
      expect(second).toMatchObject({ leakedBytes: 2_000_000, keptBytes: 3_000_000 });
      expect(keeper.entries).toBe(2);
    },
  );

  it('says RSS and heap before and after', async () => {
    const { context } = createSubject();
    let reads = 0;
    const readings = {
      ...context.readings,
      residentBytes: () => (reads += 1) * 100,
      heapUsedBytes: () => (reads += 1) * 100,
    };
    expect(await memoryLeak.run({ size_mb: 1, kind: 'native' }, { ...context, readings })).toMatchObject({
      rssBeforeBytes: 100,
      heapUsedBeforeBytes: 200,
      rssAfterBytes: 300,
      heapUsedAfterBytes: 400,
    });
  });

  it('lets others have their turn, and keeps nothing when its call ends meanwhile', async () => {
    const controller = new AbortController();
    const { context, keeper } = createSubject({ call: createCall({ signal: controller.signal }) });
    const failure = failureOf(memoryLeak.run({ size_mb: 50, kind: 'native' }, context));
    await settle();
    expect(context.clock.timers).toBe(1);
    controller.abort(new Error('enough'));
    expect(await failure).toEqual(new Error('enough'));
    expect([keeper.entries, context.clock.timers]).toEqual([0, 0]);
  });
});
