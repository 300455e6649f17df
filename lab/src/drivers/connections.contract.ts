import { describe, expect, it } from 'vitest';
import { percentileMs } from '../core/histogram.ts';
import {
  latenciesOf,
  outcomesOf,
  planOf,
  route,
  sleepUntil,
  useTools,
  type DriverUnderTest,
} from './contract-tools.contract.ts';
import { answerByPath } from './loopback.contract.ts';

/** What `LoadPlan.connections` asks of every driver. */
export function describeConnections(create: () => DriverUnderTest): void {
  const { serve, load } = useTools(create);

  describe('with kept connections', () => {
    it('opens all of them before the plan starts, and no other', async () => {
      const server = await serve(answerByPath);
      const { seconds } = await load(planOf(200, 1, { connections: 7 }), server.url, async (run) => {
        await sleepUntil(run, 0);
        expect(server.connections.opened).toBe(7);
      });
      expect(outcomesOf(seconds)).toEqual({ good: 200 });
      expect(server.connections).toEqual({ opened: 7, most: 7, left: 0 });
    });

    it('awaits an answer beyond its deadline, and uses the connection again', async () => {
      const server = await serve((_request, response, { arrivalsMs }) => {
        setTimeout(() => response.end('ok'), arrivalsMs.length === 1 ? 700 : 0);
      });
      const { seconds } = await load(planOf(1, 2, { connections: 1 }), server.url);
      expect(outcomesOf(seconds)).toEqual({ good: 1, timeout: 1 });
      expect(percentileMs(latenciesOf(seconds, route.key, 'timeout'), 100)).toBeCloseTo(500, -1);
      expect(server.connections).toEqual({ opened: 1, most: 1, left: 0 });
    });

    it('lets requests wait for a free connection, and counts their wait', async () => {
      const server = await serve((_request, response) => {
        setTimeout(() => response.end('ok'), 100);
      });
      const routes = [{ ...route, deadlineMs: 5000 }];
      const { seconds } = await load(planOf(1000, 0.01, { routes, connections: 2 }), server.url);
      expect(outcomesOf(seconds)).toEqual({ good: 10 });
      expect(server.connections.opened).toBe(2);
      // Ten at once, two at a time, 100 ms each: the last two are answered after 500 ms.
      const waits = latenciesOf(seconds);
      expect(percentileMs(waits, 100)).toBeGreaterThan(450);
      expect(percentileMs(waits, 0)).toBeLessThan(250);
    });

    it('drops what waits beyond its deadline unsent, as a timeout of the service and no fault of its own', async () => {
      const server = await serve(answerByPath);
      const routes = [{ ...route, path: '/never' }];
      const { seconds, summary } = await load(planOf(50, 1, { routes, connections: 5 }), server.url);
      expect(summary).toMatchObject({ planned: 50, sent: 50, notSent: 0 });
      expect(seconds).toMatchObject([{ planned: 50, sent: 50, routes: { [route.key]: { offered: 50 } } }]);
      expect(outcomesOf(seconds)).toEqual({ timeout: 50 });
      expect(percentileMs(latenciesOf(seconds), 0)).toBeCloseTo(500, -1);
      expect(percentileMs(latenciesOf(seconds), 100)).toBeCloseTo(500, -1);
      expect(server.arrivalsMs).toHaveLength(5);
    });

    it('opens a connection again that the server has closed, and never more than allowed', async () => {
      const server = await serve((_request, response) => {
        response.setHeader('Connection', 'close').end('ok');
      });
      const { seconds } = await load(planOf(100, 1, { connections: 3 }), server.url);
      expect(outcomesOf(seconds)).toEqual({ good: 100 });
      expect(server.connections.opened).toBeGreaterThanOrEqual(100);
      // A server may see the new connection before it sees the end of the old one.
      expect(server.connections.most).toBeLessThanOrEqual(2 * 3);
    });

    it('has only the requests of a dropped connection fail, not those that wait', async () => {
      const server = await serve((request, response, { arrivalsMs }) => {
        if (arrivalsMs.length > 2) response.end('ok');
        else setTimeout(() => request.socket.resetAndDestroy(), 200);
      });
      const { seconds } = await load(planOf(100, 0.1, { connections: 2 }), server.url);
      expect(outcomesOf(seconds)).toEqual({ good: 8, 'connection-error': 2 });
      expect(server.connections.opened).toBeLessThanOrEqual(4);
    });

    it('refuses a plan without a single connection', async () => {
      const server = await serve(answerByPath);
      await expect(load(planOf(10, 1, { connections: 0 }), server.url)).rejects.toThrow(
        'connections must be a whole number of at least 1, not 0',
      );
      expect(server.connections.opened).toBe(0);
    });
  });
}
