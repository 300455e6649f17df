import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import { memoryGuard } from './memory-guard.ts';

const fine = (): Promise<string> => Promise.resolve('fine');

/** A guard of a process with 1000 MB, 500 MB of them heap. */
function createGuard(settings: Record<string, unknown> = {}) {
  const layer = createLayer(memoryGuard, settings);
  const state = { rssMb: 100, heapMb: 50, readings: 0, collections: 0, garbageMb: 0 };
  layer.readings.residentBytes = () => {
    state.readings += 1;
    return state.rssMb * 1e6;
  };
  layer.readings.heapUsedBytes = () => state.heapMb * 1e6;
  layer.readings.collectGarbage = () => {
    state.collections += 1;
    state.rssMb -= state.garbageMb;
    state.garbageMb = 0;
  };
  const statusOf = (route = '/api/test'): Promise<unknown> =>
    layer.execute(fine, createCall({ route })).catch((error: { code: string }) => error.code);
  return { ...layer, state, statusOf };
}

describe('memory-guard', () => {
  it('lets everything in below the limit, and rejects with its own code from there on', async () => {
    const { execute, state, clock, events } = createGuard({ maxRatio: 0.8 });
    state.rssMb = 799;
    await expect(execute(fine, createCall())).resolves.toBe('fine');
    await clock.advance(100);
    state.rssMb = 800;
    expect(await failureOf(execute(fine, createCall()))).toMatchObject({
      code: 'MEMORY_PRESSURE',
      retryAfterSeconds: 1,
      message: expect.stringContaining('80 % of the memory'),
    });
    expect(events).toEqual(['collected', 'rejected']);
  });

  it('reads memory at most every 100 ms, at any request rate', async () => {
    const { statusOf, state, clock } = createGuard();
    for (let requests = 0; requests < 50; requests += 1) await statusOf();
    expect(state.readings).toBe(1);
    state.rssMb = 900;
    await clock.advance(99);
    expect(await statusOf()).toBe('fine');
    await clock.advance(1);
    expect(await statusOf()).toBe('MEMORY_PRESSURE');
  });

  it.each([
    ['both', 'MEMORY_PRESSURE', 'MEMORY_PRESSURE'],
    ['rss', 'MEMORY_PRESSURE', 'fine'],
    ['heap', 'fine', 'MEMORY_PRESSURE'],
  ])('that watches %s says %s to much RSS and %s to a full heap', async (watches, ofRss, ofHeap) => {
    const [rss, heap] = [createGuard({ watches }), createGuard({ watches })];
    rss.state.rssMb = 900;
    heap.state.heapMb = 450;
    expect([await rss.statusOf(), await heap.statusOf()]).toEqual([ofRss, ofHeap]);
  });

  it('takes garbage for no pressure: it has it collected before it rejects', async () => {
    const { statusOf, state, events } = createGuard();
    Object.assign(state, { rssMb: 900, garbageMb: 500 });
    expect(await statusOf()).toBe('fine');
    expect(events).toEqual(['collected']);
  });

  it('does not add collections to those of a V8 whose heap is full', async () => {
    const { statusOf, state, events } = createGuard();
    Object.assign(state, { rssMb: 900, heapMb: 450 });
    expect(await statusOf()).toBe('MEMORY_PRESSURE');
    expect(events).toEqual(['rejected']);
  });

  it('has garbage collected every 5 s, then seldomer, while it stays full', async () => {
    const { statusOf, state, clock } = createGuard();
    state.rssMb = 900;
    for (let seconds = 0; seconds < 34; seconds += 1) {
      await statusOf();
      await clock.advance(1000);
    }
    // At 0, 5 and 15 s; the next one at 35 s.
    expect(state.collections).toBe(3);
  });

  it('opens again when memory is free', async () => {
    const { statusOf, state, clock } = createGuard();
    state.rssMb = 900;
    expect(await statusOf()).toBe('MEMORY_PRESSURE');
    state.rssMb = 700;
    await clock.advance(100);
    expect(await statusOf()).toBe('fine');
  });

  it('lets in who gives memory back', async () => {
    const { statusOf, state } = createGuard();
    state.rssMb = 900;
    expect(await statusOf('/api/clear-memory')).toBe('fine');
  });

  it('shows the share in use without changing anything', () => {
    const { layer, state } = createGuard();
    state.rssMb = 900;
    expect(layer.gauges?.['lab_memory_used_ratio']?.()).toBeCloseTo(0.9);
    expect(state.collections).toBe(0);
  });
});
