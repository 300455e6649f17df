import { describe, expect, it } from 'vitest';
import { countOf, decodeHistogram, percentileMs } from '../core/histogram.ts';
import { totalOf } from '../core/outcome.ts';
import {
  latenciesOf,
  outcomesOf,
  planOf,
  route,
  streamOf,
  useTools,
  type DriverUnderTest,
} from './contract-tools.contract.ts';
import { describeConnections } from './connections.contract.ts';
import { answerByPath } from './loopback.contract.ts';
import { describeStorms } from './storms.contract.ts';

export type { DriverUnderTest };

/** What every driver must do, measured against real servers. */
export function describeDriver(name: string, create: () => DriverUnderTest): void {
  describe(`driver ${name}`, () => {
    const { serve, load } = useTools(create);

    it('sends what was planned, at the planned rate, and says so second by second', async () => {
      const server = await serve(answerByPath);
      const { seconds, summary } = await load(planOf(200, 2), server.url);
      expect(summary).toMatchObject({ planned: 400, sent: 400, notSent: 0 });
      expect(summary.cpuSeconds).toBeGreaterThan(0);
      expect(summary.utilisationRatio).toBeLessThan(1);
      expect(seconds.map((second) => second.second)).toEqual([0, 1]);
      for (const second of seconds) {
        expect(second).toMatchObject({ planned: 200, sent: 200 });
        expect(second.routes[route.key]).toMatchObject({ offered: 200, outcomes: { good: 200 } });
        expect(countOf([decodeHistogram(second.lateness)])).toBe(200);
        expect(countOf(latenciesOf([second]))).toBe(200);
        expect(second.utilisationRatio).toBeGreaterThan(0);
      }
      const spanMs = (server.arrivalsMs.at(-1) ?? 0) - (server.arrivalsMs[0] ?? 0);
      expect(Math.abs(spanMs - 1995)).toBeLessThan(100);
      expect(server.connections.opened).toBeLessThan(100);
    });

    it('starts when it says on the clock of the machine', async () => {
      const server = await serve(answerByPath);
      const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
      const { driver } = create();
      const signal = AbortSignal.timeout(10_000);
      const run = await driver.start(planOf(10, 0.5), { baseUrl: server.url, signal, onSecond: () => {} });
      const aheadMs = run.startMonotonicMs - monotonicMs();
      expect(aheadMs).toBeGreaterThan(0);
      expect(server.arrivalsMs).toHaveLength(0);
      await run.finished;
      const offsetMs = monotonicMs() - performance.now();
      expect(Math.abs((server.arrivalsMs[0] ?? 0) + offsetMs - run.startMonotonicMs)).toBeLessThan(100);
      expect(run.cpuSeconds()).toBeGreaterThan(0);
    });

    it('goes on sending while the server stalls, and counts from the intended start', async () => {
      const server = await serve((_request, response, { arrivalsMs }) => {
        const sinceFirstMs = (arrivalsMs.at(-1) ?? 0) - (arrivalsMs[0] ?? 0);
        const stalled = sinceFirstMs >= 500 && sinceFirstMs < 900;
        setTimeout(() => response.end('ok'), stalled ? 900 - sinceFirstMs : 0);
      });
      const { seconds, summary } = await load(planOf(200, 1.5), server.url);
      expect(summary.sent).toBe(300);
      expect(summary.latenessP99Ms).toBeLessThan(100);
      const slow = latenciesOf(seconds).map((histogram) => histogram.getValueAtPercentile(0));
      expect(slow.length).toBeGreaterThan(0);
      // 80 of 300 requests fall into the stall and wait 200 ms on average.
      expect(percentileMs(latenciesOf(seconds), 90)).toBeGreaterThan(150);
      expect(percentileMs(latenciesOf(seconds), 99)).toBeGreaterThan(350);
      expect(percentileMs(latenciesOf(seconds), 50)).toBeLessThan(100);
    });

    it('tells apart the ways in which a request ends', async () => {
      const server = await serve(answerByPath);
      const expected = {
        '200': 'good',
        '204': 'good',
        degraded: 'degraded',
        '429': 'shed',
        '503': 'shed',
        '302': 'http-error',
        '404': 'http-error',
        '500': 'http-error',
        cut: 'connection-error',
        reset: 'connection-error',
        never: 'timeout',
        'slow-body': 'timeout',
      };
      const routes = Object.keys(expected).map((path) => ({ ...route, key: path, path: `/${path}` }));
      const echo = { ...route, key: 'echo', method: 'POST', path: '/echo', body: '{"title":"é"}' } as const;
      const all = [...routes, echo];
      const plan = planOf(0, 0, { routes: all, streams: all.map(({ key }) => streamOf(key, 20, 0.5)) });
      const { seconds } = await load(plan, server.url);
      for (const [path, outcome] of Object.entries({ ...expected, echo: 'good' })) {
        expect([path, outcomesOf(seconds, path)]).toEqual([path, { [outcome]: 10 }]);
      }
    });

    it('leaves at the deadline, and counts the request at it', async () => {
      const server = await serve(answerByPath);
      const routes = [{ ...route, path: '/never', deadlineMs: 300 }];
      const { seconds } = await load(planOf(50, 1, { routes }), server.url);
      expect(outcomesOf(seconds)).toEqual({ timeout: 50 });
      expect(percentileMs(latenciesOf(seconds), 0)).toBeCloseTo(300, 0);
      expect(percentileMs(latenciesOf(seconds), 100)).toBeCloseTo(300, 0);
      expect(server.connections.left).toBe(50);
    });

    it('never has more requests open than allowed, and counts the others as not sent', async () => {
      const server = await serve(answerByPath);
      const routes = [{ ...route, path: '/never', deadlineMs: 2000 }];
      const { seconds, summary } = await load(planOf(100, 1, { routes, inFlightLimit: 30 }), server.url);
      expect(summary).toMatchObject({ planned: 100, sent: 30, notSent: 70 });
      expect(outcomesOf(seconds)).toEqual({ timeout: 30, 'not-sent': 70 });
      expect(percentileMs(latenciesOf(seconds, route.key, 'not-sent'), 100)).toBeCloseTo(2000, -1);
    });

    it('repeats Poisson arrivals with the same seed only', async () => {
      const server = await serve(answerByPath);
      const plannedWith = async (seed: number) => {
        const streams = [{ ...streamOf(route.key, 300, 1.2), arrival: 'poisson' as const }];
        const { seconds } = await load(planOf(0, 0, { seed, streams }), server.url);
        expect(totalOf(outcomesOf(seconds))).toBe(seconds.reduce((sum, second) => sum + second.planned, 0));
        return seconds.map((second) => second.planned);
      };
      const first = await plannedWith(1);
      expect(await plannedWith(1)).toEqual(first);
      expect(await plannedWith(2)).not.toEqual(first);
    });

    it('ends at once when it is aborted, and leaves no process', async () => {
      const server = await serve(answerByPath);
      const tested = create();
      const abort = new AbortController();
      const options = { baseUrl: server.url, signal: abort.signal, onSecond: () => {} };
      const run = await tested.driver.start(planOf(100, 20), options);
      expect(tested.isAlive()).toBe(true);
      abort.abort(new Error('the user has left'));
      await expect(run.finished).rejects.toThrow('the user has left');
      expect(tested.isAlive()).toBe(false);
    });

    it('reports its own death', async () => {
      const server = await serve(answerByPath);
      const tested = create();
      const options = { baseUrl: server.url, signal: AbortSignal.timeout(10_000), onSecond: () => {} };
      const run = await tested.driver.start(planOf(100, 20), options);
      tested.kill();
      await expect(run.finished).rejects.toThrow(/SIGKILL/);
    });

    it('hands on an error of whoever listens, and ends', async () => {
      const server = await serve(answerByPath);
      const tested = create();
      const onSecond = () => {
        throw new Error('the disk is full');
      };
      const options = { baseUrl: server.url, signal: AbortSignal.timeout(10_000), onSecond };
      const run = await tested.driver.start(planOf(10, 20), options);
      await expect(run.finished).rejects.toThrow('the disk is full');
      expect(tested.isAlive()).toBe(false);
    });

    describeStorms(create);
    describeConnections(create);
  });
}
