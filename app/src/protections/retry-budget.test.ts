import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf, type LayerUnderTest } from '../../test/support/layers.ts';
import { composeEdge } from '../edges.ts';
import { Problem } from '../errors.ts';
import { retryBudget } from './retry-budget.ts';
import { retry } from './retry.ts';

const fine = (): Promise<string> => Promise.resolve('fine');
const failing = (): Promise<never> => Promise.reject(new Problem('DOWNSTREAM_ERROR', 'it answered 500'));
const tokensOf = ({ layer }: LayerUnderTest): number => layer.gauges?.['lab_retry_budget_tokens']?.() ?? -1;

const ONLY_RATIO = { ratio: 0.5, minimumPerSecond: 0, maxTokens: 2 };

/** Retries until the bucket is empty. */
async function empty({ execute }: LayerUnderTest): Promise<void> {
  for (let retries = 0; retries < 100; retries += 1) {
    const outcome = await execute(fine, createCall({ attempt: 2 })).catch(() => 'denied');
    if (outcome === 'denied') return;
  }
  throw new Error('the bucket has no end');
}

describe('retry-budget', () => {
  it('never stands in the way of a first attempt', async () => {
    const budget = createLayer(retryBudget, ONLY_RATIO);
    await empty(budget);
    await expect(budget.execute(fine, createCall())).resolves.toBe('fine');
    await expect(budget.execute(fine, createCall({ attempt: 1 }))).resolves.toBe('fine');
  });

  it('starts with a full bucket, and refuses the retry that finds no token with its own code', async () => {
    const { execute, events } = createLayer(retryBudget, ONLY_RATIO);
    const retried = (): Promise<unknown> => execute(failing, createCall({ attempt: 2 }));
    expect(await failureOf(retried())).toMatchObject({ code: 'DOWNSTREAM_ERROR' });
    expect(await failureOf(retried())).toMatchObject({ code: 'DOWNSTREAM_ERROR' });
    expect(await failureOf(retried())).toMatchObject({
      code: 'RETRY_BUDGET_SPENT',
      retryAfterSeconds: 1,
      message: expect.stringContaining('DOWNSTREAM_ERROR, it answered 500') as string,
    });
    expect(events).toEqual(['allowed', 'allowed', 'denied']);
  });

  it('earns ratio tokens with each first attempt, up to maxTokens', async () => {
    const budget = createLayer(retryBudget, ONLY_RATIO);
    await empty(budget);
    await budget.execute(fine, createCall());
    expect(tokensOf(budget)).toBe(0.5);
    await expect(budget.execute(fine, createCall({ attempt: 2 }))).rejects.toMatchObject({
      code: 'RETRY_BUDGET_SPENT',
    });
    for (let calls = 0; calls < 10; calls += 1) await budget.execute(fine, createCall());
    expect(tokensOf(budget)).toBe(2);
  });

  it('earns minimumPerSecond tokens with time', async () => {
    const budget = createLayer(retryBudget, { ratio: 0, minimumPerSecond: 2, maxTokens: 10 });
    await empty(budget);
    await budget.clock.advance(400);
    await expect(budget.execute(fine, createCall({ attempt: 3 }))).rejects.toMatchObject({
      code: 'RETRY_BUDGET_SPENT',
    });
    await budget.clock.advance(100);
    await expect(budget.execute(fine, createCall({ attempt: 3 }))).resolves.toBe('fine');
  });

  it('bounds what retry adds to the load of a downstream that always fails', async () => {
    const retries = createLayer(retry, { attempts: 3, timeoutMs: 0, backoffMs: 0 });
    const budget = createLayer(retryBudget, { ratio: 0.1, minimumPerSecond: 0, maxTokens: 10 });
    const edge = composeEdge([retries.layer, budget.layer]);
    let attempts = 0;
    for (let calls = 0; calls < 1000; calls += 1) {
      const outcome = failureOf(edge.execute(() => ((attempts += 1), failing()), createCall()));
      await retries.clock.advance(0);
      await outcome;
    }
    expect(attempts).toBeGreaterThanOrEqual(1100);
    expect(attempts).toBeLessThanOrEqual(1111);
    expect(budget.events.filter((event) => event === 'denied').length).toBeGreaterThan(980);
  });
});
