import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type * as piscina from 'piscina';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../test/support/backend.ts';
import { compileApp } from '../../test/support/compiled-app.ts';
import { createCall, createLayer, failureOf, type LayerUnderTest } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import type { Call } from '../kernel/call.ts';
import { workerOffload } from './worker-offload.ts';

const spy = vi.hoisted(() => ({ pools: [] as piscina.Piscina[], file: undefined as string | undefined }));
vi.mock('piscina', async (original) => {
  const real = await original<typeof piscina>();
  class Watched extends real.Piscina {
    constructor(options: ConstructorParameters<typeof real.Piscina>[0]) {
      super({ ...options, ...(spy.file === undefined ? {} : { filename: spy.file }) });
      spy.pools.push(this);
    }
  }
  return { ...real, Piscina: Watched };
});

const layers: LayerUnderTest[] = [];
beforeAll(compileApp, 120_000);
afterEach(() => {
  for (const { layer } of layers.splice(0)) layer.close?.();
  spy.file = undefined;
});

/** Would not end in a lifetime. */
const POISON = { name: 'match-pattern', input: { text: `${'a'.repeat(99)}!` } };
const toFibonacci = (index: number) => ({ name: 'fibonacci', input: { index } });

function create(settings: Record<string, unknown> = {}) {
  const under = createLayer(workerOffload, { threads: 1, ...settings });
  layers.push(under);
  const here = (): never => {
    throw new Error('it ran on the event loop');
  };
  const compute = (job: { name: string; input: unknown }, call: Call = createCall()): Promise<unknown> =>
    under.layer.compute?.(job, here, call) ?? Promise.reject(new Error('it has no ability compute'));
  const threads = (): piscina.Piscina['threads'] => spy.pools.at(-1)?.threads ?? [];
  return { ...under, compute, threads };
}

describe('worker-offload', () => {
  it('computes in a thread while the event loop goes on', async () => {
    const { compute, events } = create();
    let isDone = false;
    const result = compute(toFibonacci(32)).finally(() => (isDone = true));
    await settle();
    expect(isDone).toBe(false);
    expect(await result).toBe(2_178_309);
    expect(events).toEqual(['offloaded']);
  });

  it('has its threads from the moment that it is switched on', () => {
    expect(create({ threads: 3 }).threads()).toHaveLength(3);
  });

  it('passes the error of a computation on', async () => {
    const error = await failureOf(create().compute({ name: 'no-such-computation', input: {} }));
    expect(String(error)).toContain('no-such-computation');
  });

  it('lets queueLimit jobs wait and rejects the rest', async () => {
    const { compute, events } = create({ queueLimit: 1 });
    const controller = new AbortController();
    const running = failureOf(compute(POISON, createCall({ signal: controller.signal })));
    await settle();
    const waiting = compute(toFibonacci(10));
    expect(await failureOf(compute(toFibonacci(10)))).toMatchObject({
      code: 'COMPUTATION_QUEUE_FULL',
      retryAfterSeconds: 1,
    });
    controller.abort(new Error('gave up'));
    expect([await running, await waiting]).toEqual([new Error('gave up'), 55]);
    expect(events).toEqual(['offloaded', 'queued', 'rejected', 'offloaded']);
  });

  it('ends a computation after timeoutMs, and the next one has a new thread', async () => {
    const { compute, clock, events, threads } = create({ timeoutMs: 200 });
    const [first] = threads();
    const outcome = failureOf(compute(POISON));
    await clock.advance(199);
    expect(events).toEqual(['offloaded']);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ code: 'COMPUTATION_TIMEOUT', message: 'not ended after 200 ms' });
    expect(await compute(toFibonacci(10))).toBe(55);
    expect(threads()).not.toContain(first);
    expect(events).toEqual(['offloaded', 'timed-out', 'offloaded']);
    expect(clock.timers).toBe(0);
  });

  it('when taken off, lets all work in flight end before its threads', async () => {
    const { compute, layer, threads } = create({ threads: 2 });
    const jobs = [compute(toFibonacci(5)), compute(toFibonacci(32)), compute(toFibonacci(6))];
    layer.close?.();
    expect(threads()).toHaveLength(2);
    expect(await Promise.all(jobs)).toEqual([5, 2_178_309, 8]);
    expect(threads()).toHaveLength(0);
  });

  it('serves a job that comes after it was taken off, and keeps no thread for it', async () => {
    const { compute, layer, threads } = create();
    layer.close?.();
    expect(threads()).toHaveLength(0);
    expect(await compute(toFibonacci(10))).toBe(55);
    expect(threads()).toHaveLength(0);
  });

  it('starts no thread any more when one that was ended by force is gone only after the switch-off', async () => {
    const { compute, layer, threads } = create();
    const controller = new AbortController();
    const [ended] = threads();
    const outcome = failureOf(compute(POISON, createCall({ signal: controller.signal })));
    await settle();
    controller.abort(new Error('gave up'));
    await outcome;
    const [replacement] = threads();
    const onExit = ended?.listeners('exit') ?? [];
    layer.close?.();
    await Promise.all([ended, replacement].map(async (thread) => thread && once(thread, 'exit')));
    await settle();
    // How long a thread takes to end is chance: here the pool hears of it once more, at last.
    for (const listener of onExit) listener(1);
    expect(threads()).toHaveLength(0);
  });

  it('fails the jobs when no thread can be started, and recovers when one can', async () => {
    spy.file = '/no/such/file.js';
    const { compute, events } = create();
    expect(await failureOf(compute(toFibonacci(10)))).toBeInstanceOf(Error);
    await until(() => events.includes('thread-failed'));
    expect(await failureOf(compute(toFibonacci(10)))).toBeInstanceOf(Error);
    spy.file = undefined;
    await until(() =>
      compute(toFibonacci(10)).then(
        (value) => value === 55,
        () => false,
      ),
    );
  });

  it('does not keep the process alive', async () => {
    const file = new URL('../../dist/protections/worker-offload.js', import.meta.url).href;
    const program = `
      import { workerOffload } from ${JSON.stringify(file)};
      const settings = { threads: 2, queueLimit: 0, timeoutMs: 0 };
      const layer = workerOffload.create(settings, { emit() {} });
      const job = { name: 'fibonacci', input: { index: 10 } };
      console.log(await layer.compute(job, undefined, { signal: new AbortController().signal }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 10_000,
    });
    expect(stdout).toBe('55\n');
  });
});
