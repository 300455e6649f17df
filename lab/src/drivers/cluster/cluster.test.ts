import { describe, expect, it } from 'vitest';
import { toLoadSecond } from '../../../test/fakes/fake-system.ts';
import type { LoadSecond } from '../../core/events.ts';
import type { GeneratorLauncher } from '../../core/generators.ts';
import type { LoadPlan } from '../../core/plan.ts';
import { GeneratorLost } from '../driver.ts';
import { createClusterDriver } from './cluster.ts';
import type { GeneratorMessage, GeneratorOrder } from './protocol.ts';

const plan: LoadPlan = { seed: 1, routes: [], streams: [], inFlightLimit: 10 };
const skewsMs = [0, -70_000, 1e9];

/** Generators in this process whose clocks differ; the lab's own clock moves by `wayMs` with each order that it gives. */
function createFakes({
  wayMs = 0,
  bootIds = ['here', 'here', 'here'],
  systemUrl = null as string | null,
} = {}) {
  let nowMs = 100;
  const orders: GeneratorOrder[][] = [[], [], []];
  const listeners: ((line: string) => void)[] = [];
  const enders: ((how: string) => void)[] = [];
  let stops = 0;
  const say = (index: number, message: GeneratorMessage) => listeners[index]?.(JSON.stringify(message));
  const launcher: GeneratorLauncher = {
    systemUrl,
    bootId: 'here',
    launch: () =>
      Promise.resolve({
        generators: skewsMs.map((skewMs, index) => ({
          name: `load-${index}`,
          tell: (line) => {
            const order = JSON.parse(line) as GeneratorOrder;
            orders[index]?.push(order);
            if (order.type === 'plan') say(index, { type: 'prepared' });
            if (order.type !== 'clock') return;
            nowMs += wayMs;
            const reading = { monotonicMs: nowMs + skewMs, bootId: bootIds[index] ?? null, cpuSeconds: 1 };
            nowMs += wayMs;
            say(index, { type: 'clock', id: order.id, ...reading });
          },
          listen: (onLine) => (listeners[index] = onLine),
          ended: new Promise<string>((resolve) => (enders[index] = resolve)),
        })),
        stop: () => {
          stops += 1;
          return Promise.resolve();
        },
      }),
  };
  const second = (index: number, of: number, good: number) =>
    say(index, {
      type: 'second',
      second: toLoadSecond(of, { 'GET /': { outcomes: { good }, latencyMs: 5 } }, index + 1),
      cpuSeconds: 2 + index,
    });
  const done = (index: number) =>
    say(index, {
      type: 'done',
      summary: {
        planned: 10,
        sent: 9,
        notSent: 1,
        latenessP99Ms: index,
        utilisationRatio: index / 10,
        cpuSeconds: 3,
      },
    });
  return {
    driver: createClusterDriver({ launcher, count: 3, monotonicMs: () => nowMs }),
    orders,
    second,
    done,
    say,
    end: (index: number, how: string) => enders[index]?.(how),
    raw: (index: number, line: string) => listeners[index]?.(line),
    get stops() {
      return stops;
    },
  };
}

async function start(fakes: ReturnType<typeof createFakes>, signal = new AbortController().signal) {
  const seconds: LoadSecond[] = [];
  const run = await fakes.driver.start(plan, {
    baseUrl: 'http://lab-sees:1',
    signal,
    measuredFromSecond: 1,
    onSecond: (second) => seconds.push(second),
  });
  return { run, seconds };
}

describe('createClusterDriver', () => {
  it('gives each generator its share of the one plan', async () => {
    const fakes = createFakes({ systemUrl: 'http://backend-service:8000' });
    await start(fakes);
    for (const [index, [order]] of fakes.orders.entries())
      expect(order).toEqual({
        type: 'plan',
        plan,
        baseUrl: 'http://backend-service:8000',
        share: { index, count: 3 },
      });
  });

  it('starts all of them at one moment, told to each on its own clock', async () => {
    const fakes = createFakes();
    const { run } = await start(fakes);
    const starts = fakes.orders.map((orders) => orders.at(-1));
    for (const [index, skewMs] of skewsMs.entries())
      expect(starts[index]).toEqual({ type: 'start', startMonotonicMs: run.startMonotonicMs + skewMs });
  });

  it('hands out merged seconds, and sums up what each has done in the seconds that count', async () => {
    const fakes = createFakes({ wayMs: 2 });
    const { run, seconds } = await start(fakes);
    fakes.raw(0, 'If you do not see a command prompt, try pressing enter.');
    for (const of of [0, 1]) for (const index of [0, 1, 2]) fakes.second(index, of, 10);
    for (const index of [0, 1, 2]) fakes.done(index);
    const { generators, ...summary } = await run.finished;
    expect(seconds.map(({ second, planned }) => [second, planned])).toEqual([
      [0, 30],
      [1, 30],
    ]);
    expect(summary).toEqual({
      planned: 30,
      sent: 27,
      notSent: 3,
      latenessP99Ms: 2,
      utilisationRatio: 0.2,
      cpuSeconds: 9,
    });
    expect(generators?.map(({ name }) => name)).toEqual(['load-0', 'load-1', 'load-2']);
    expect(generators?.[2]).toMatchObject({ plannedRequests: 10, sentRequests: 10 });
    expect(generators?.[2]?.startUncertaintyMs).toBeGreaterThanOrEqual(2);
    expect(generators?.[2]?.latenessP99Ms).toBeCloseTo(3, 2);
    expect(fakes.stops).toBe(1);
  });

  it('names the generator that was lost and how, and stops the others', async () => {
    const fakes = createFakes();
    const { run } = await start(fakes);
    fakes.end(1, 'OOMKilled, exit code 137');
    fakes.end(2, 'exit code 143');
    await expect(run.finished).rejects.toThrow(GeneratorLost);
    await expect(run.finished).rejects.toThrow(
      'generator load-1 ended before its plan did (OOMKilled, exit code 137)',
    );
    expect(fakes.stops).toBe(1);
  });

  it('does not miss one that ends after its share was made', async () => {
    const fakes = createFakes();
    const { run } = await start(fakes);
    fakes.done(0);
    fakes.end(0, 'exit code 0');
    fakes.done(1);
    fakes.done(2);
    await expect(run.finished).resolves.toMatchObject({ planned: 30 });
  });

  it('hands on what a generator says has failed', async () => {
    const fakes = createFakes();
    const { run } = await start(fakes);
    fakes.say(0, { type: 'failed', reason: 'no such host' });
    await expect(run.finished).rejects.toThrow('generator load-0 failed: no such host');
  });

  it('stops all when it is aborted, and starts none when it was aborted before', async () => {
    const fakes = createFakes();
    const abort = new AbortController();
    const { run } = await start(fakes, abort.signal);
    abort.abort(new Error('the user has left'));
    await expect(run.finished).rejects.toThrow('the user has left');
    expect(fakes.stops).toBe(1);
    await expect(start(createFakes(), abort.signal)).rejects.toThrow('the user has left');
  });

  it('knows what CPU the generators used only where all run on the kernel of the lab', async () => {
    const here = createFakes();
    const { run } = await start(here);
    expect(run.cpuSeconds()).toBe(3);
    here.second(0, 0, 1);
    expect(run.cpuSeconds()).toBe(4);
    const there = await start(createFakes({ bootIds: ['here', 'there', 'here'] }));
    expect(there.run.cpuSeconds()).toBeNull();
  });
});
