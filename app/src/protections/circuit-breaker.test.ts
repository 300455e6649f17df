import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { createCall, createLayer, hang, type LayerUnderTest } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { circuitBreaker } from './circuit-breaker.ts';

const fine = (): Promise<string> => Promise.resolve('fine');
const failing = (): Promise<never> => Promise.reject(new Problem('DOWNSTREAM_ERROR', 'broken'));

async function fail({ execute }: LayerUnderTest, times: number): Promise<void> {
  for (let made = 0; made < times; made += 1) {
    await expect(execute(failing, createCall())).rejects.toMatchObject({ code: 'DOWNSTREAM_ERROR' });
  }
}

function state({ layer }: LayerUnderTest): number | undefined {
  return layer.gauges?.['lab_circuit_breaker_state']?.();
}

describe('circuit-breaker', () => {
  it('opens at minimumCalls when enough of them failed, and then rejects at once without calling', async () => {
    const breaker = createLayer(circuitBreaker);
    await fail(breaker, 4);
    expect(state(breaker)).toBe(0);
    await fail(breaker, 1);
    expect(state(breaker)).toBe(2);
    let isCalled = false;
    const rejected = breaker.execute(() => ((isCalled = true), fine()), createCall());
    await expect(rejected).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', retryAfterSeconds: 2 });
    expect(isCalled).toBe(false);
    expect(breaker.events).toEqual(['opened', 'rejected']);
  });

  it('stays closed while fewer than failureRatio fail', async () => {
    const breaker = createLayer(circuitBreaker);
    for (let round = 0; round < 10; round += 1) {
      await breaker.execute(fine, createCall());
      await breaker.execute(fine, createCall());
      await fail(breaker, 1);
    }
    expect(breaker.events).toEqual([]);
  });

  it('forgets failures that are older than its window', async () => {
    const breaker = createLayer(circuitBreaker, { windowSeconds: 1 });
    await fail(breaker, 4);
    await breaker.clock.advance(1100);
    await fail(breaker, 4);
    expect(state(breaker)).toBe(0);
  });

  it('lets one probe through after openSeconds and closes when it succeeds', async () => {
    const breaker = createLayer(circuitBreaker);
    await fail(breaker, 5);
    await breaker.clock.advance(2000);
    await expect(breaker.execute(fine, createCall())).resolves.toBe('fine');
    expect(state(breaker)).toBe(0);
    expect(breaker.events).toEqual(['opened', 'half-opened', 'closed']);
  });

  it('rejects other calls while a probe runs, and opens again when the probe fails', async () => {
    const breaker = createLayer(circuitBreaker);
    await fail(breaker, 5);
    await breaker.clock.advance(2000);
    const controller = { fail: (): void => {} };
    const probe = breaker.execute(
      () => new Promise((_resolve, reject) => (controller.fail = () => reject(new Error('broken')))),
      createCall(),
    );
    expect(state(breaker)).toBe(1);
    await expect(breaker.execute(fine, createCall())).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    controller.fail();
    await expect(probe).rejects.toThrow('broken');
    expect(state(breaker)).toBe(2);
  });

  it('closes only after all halfOpenCalls probes succeeded', async () => {
    const breaker = createLayer(circuitBreaker, { halfOpenCalls: 2 });
    await fail(breaker, 5);
    await breaker.clock.advance(2000);
    await breaker.execute(fine, createCall());
    expect(state(breaker)).toBe(1);
    await breaker.execute(fine, createCall());
    expect(state(breaker)).toBe(0);
  });

  it('counts neither way what its caller ended, and gives the place of such a probe to another call', async () => {
    const breaker = createLayer(circuitBreaker, { minimumCalls: 1 });
    const aborted = async (): Promise<void> => {
      const controller = new AbortController();
      const result = breaker.execute(hang, createCall({ signal: controller.signal }));
      controller.abort(new Error('caller left'));
      await expect(result).rejects.toThrow('caller left');
    };
    await aborted();
    expect(state(breaker)).toBe(0);
    await fail(breaker, 1);
    await breaker.clock.advance(2000);
    await aborted();
    await expect(breaker.execute(fine, createCall())).resolves.toBe('fine');
    expect(state(breaker)).toBe(0);
  });

  it('does not let a call that began before it opened decide about a probe', async () => {
    const breaker = createLayer(circuitBreaker);
    let finish = (): void => {};
    const old = breaker.execute(() => new Promise<void>((resolve) => (finish = resolve)), createCall());
    await fail(breaker, 5);
    await breaker.clock.advance(2000);
    void breaker.execute(() => new Promise(() => {}), createCall());
    finish();
    await old;
    await settle();
    expect(state(breaker)).toBe(1);
  });
});
