import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf, hang } from '../../test/support/layers.ts';
import { requestDeadline } from './request-deadline.ts';

describe('request-deadline', () => {
  it('leaves a request that is in time untouched, with no timer and no listener left', async () => {
    const { execute, events, clock } = createLayer(requestDeadline);
    let isSubscribed = false;
    const call = createCall({
      onClientLeft: () => {
        isSubscribed = true;
        return () => (isSubscribed = false);
      },
    });
    await expect(execute(() => Promise.resolve('fine'), call)).resolves.toBe('fine');
    expect({ events, isSubscribed, timers: clock.timers }).toEqual({
      events: [],
      isSubscribed: false,
      timers: 0,
    });
  });

  it('answers and aborts the signal at the deadline', async () => {
    const { execute, events, clock } = createLayer(requestDeadline, { deadlineMs: 1000 });
    const outcome = failureOf(execute(hang, createCall()));
    await clock.advance(1000);
    expect(await outcome).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(events).toEqual(['expired']);
  });

  it('aborts when the client has left', async () => {
    const { execute, events, clock } = createLayer(requestDeadline);
    let leave = (): void => {};
    const call = createCall({
      onClientLeft: (listener) => {
        leave = listener;
        return () => {};
      },
    });
    const result = execute(hang, call);
    leave();
    await expect(result).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    expect(events).toEqual(['client-left']);
    expect(clock.timers).toBe(0);
  });
});
