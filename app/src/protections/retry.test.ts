import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { createCall, createLayer, failureOf, hang } from '../../test/support/layers.ts';
import { retry } from './retry.ts';

const failing = (): Promise<never> => Promise.reject(new Problem('DOWNSTREAM_ERROR', 'broken'));

describe('retry', () => {
  it('leaves a healthy call untouched', async () => {
    const { execute, events, clock } = createLayer(retry);
    await expect(execute(() => Promise.resolve('fine'), createCall())).resolves.toBe('fine');
    expect(events).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('tries an error again and returns the first success', async () => {
    const { execute, events, clock } = createLayer(retry, { jitter: 'none' });
    let attempts = 0;
    const result = execute(() => ((attempts += 1) < 3 ? failing() : Promise.resolve(attempts)), createCall());
    await clock.advance(300);
    await expect(result).resolves.toBe(3);
    expect(events).toEqual(['retried', 'retried']);
  });

  it('waits twice as long each time, up to the maximum', async () => {
    const { execute, clock } = createLayer(retry, {
      attempts: 4,
      backoffMs: 100,
      maxBackoffMs: 150,
      jitter: 'none',
    });
    const startedAtMs: number[] = [];
    const result = execute(() => {
      startedAtMs.push(clock.nowMs());
      return failing();
    }, createCall());
    const outcome = failureOf(result);
    await clock.advance(1000);
    expect(await outcome).toMatchObject({ code: 'DOWNSTREAM_ERROR' });
    expect(startedAtMs).toEqual([0, 100, 250, 400]);
  });

  it('takes a random share of the wait with full jitter', async () => {
    const { execute, clock } = createLayer(retry, { attempts: 2, backoffMs: 100, jitter: 'full' });
    const startedAtMs: number[] = [];
    const result = execute(() => {
      startedAtMs.push(clock.nowMs());
      return failing();
    }, createCall());
    result.catch(() => {});
    await clock.advance(1000);
    expect(startedAtMs).toEqual([0, 50]);
  });

  it('ends an attempt at its own timeout and tries again, until the attempts are used up', async () => {
    const { execute, events, clock } = createLayer(retry, { attempts: 2, timeoutMs: 1000, backoffMs: 0 });
    const outcome = failureOf(execute(hang, createCall()));
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ code: 'DOWNSTREAM_TIMEOUT' });
    expect(events).toEqual(['timed-out', 'retried', 'timed-out', 'exhausted']);
    expect(clock.timers).toBe(0);
  });

  it('never tries an open breaker again', async () => {
    const { execute, events } = createLayer(retry);
    const open = (): Promise<never> => Promise.reject(new Problem('CIRCUIT_OPEN', 'open'));
    await expect(execute(open, createCall())).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(events).toEqual([]);
  });

  it('stops when the caller gives up, also while it waits', async () => {
    const { execute, clock } = createLayer(retry, { jitter: 'none' });
    const controller = new AbortController();
    let attempts = 0;
    const result = execute(() => ((attempts += 1), failing()), createCall({ signal: controller.signal }));
    await clock.advance(50);
    controller.abort(new Error('caller left'));
    await expect(result).rejects.toThrow('caller left');
    await clock.advance(1000);
    expect(attempts).toBe(1);
  });

  it('numbers its attempts on from those that the caller has made', async () => {
    const { execute, clock } = createLayer(retry, { attempts: 2, backoffMs: 0 });
    const seen: (number | undefined)[] = [];
    const result = failureOf(
      execute(
        ({ attempt }) => {
          seen.push(attempt);
          return Promise.reject(new Problem('DOWNSTREAM_ERROR', 'broken'));
        },
        createCall({ attempt: 3 }),
      ),
    );
    await clock.advance(1);
    await result;
    expect(seen).toEqual([3, 4]);
  });
});
