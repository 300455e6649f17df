import { describe, expect, it } from 'vitest';
import { createCall, createLayer, hang } from '../../test/support/layers.ts';
import { downstreamTimeout } from './downstream-timeout.ts';

describe('downstream-timeout', () => {
  it('leaves a healthy call untouched and takes its timer away', async () => {
    const { execute, events, clock } = createLayer(downstreamTimeout);
    await expect(execute(() => Promise.resolve('fine'), createCall())).resolves.toBe('fine');
    expect(events).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('aborts an attempt after timeoutMs, not before', async () => {
    const { execute, events, clock } = createLayer(downstreamTimeout, { timeoutMs: 250 });
    let outcome: unknown;
    let isAborted = false;
    execute((call) => {
      call.signal.addEventListener('abort', () => (isAborted = true));
      return hang(call);
    }, createCall()).catch((error: unknown) => (outcome = error));
    await clock.advance(249);
    expect(outcome).toBeUndefined();
    await clock.advance(1);
    expect(outcome).toMatchObject({ code: 'DOWNSTREAM_TIMEOUT' });
    expect(isAborted).toBe(true);
    expect(events).toEqual(['timed-out']);
  });

  it("passes the caller's abort on, which is not a timeout", async () => {
    const { execute, events } = createLayer(downstreamTimeout);
    const controller = new AbortController();
    const result = execute(hang, createCall({ signal: controller.signal }));
    controller.abort(new Error('caller left'));
    await expect(result).rejects.toThrow('caller left');
    expect(events).toEqual([]);
  });
});
