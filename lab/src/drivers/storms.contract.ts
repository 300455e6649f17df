import { describe, expect, it } from 'vitest';
import { percentileMs } from '../core/histogram.ts';
import type { LoadPlan } from '../core/plan.ts';
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

/** A driver that goes on with its plan is this punctual, in ms, also on a busy machine. */
const smallLatenessMs = 250;

const clients: readonly (readonly [name: string, changes: Partial<LoadPlan>])[] = [
  ['a client for each request', {}],
  ['kept connections', { connections: 20 }],
];

/** Errors of connections are results: they neither end a driver nor slow it. */
export function describeStorms(create: () => DriverUnderTest): void {
  const { serve, serveBare, load } = useTools(create);

  it('takes a server that is not there, or dies, for an outcome', async () => {
    const gone = await serve(answerByPath);
    await gone.close();
    const refused = await load(planOf(50, 0.5), gone.url);
    expect(outcomesOf(refused.seconds)).toEqual({ 'connection-error': 25 });
    const dying = await serve((request, response, server) => {
      if (server.arrivalsMs.length > 50) void server.close();
      else answerByPath(request, response, server);
    });
    const { seconds } = await load(planOf(100, 1), dying.url);
    expect(outcomesOf(seconds)).toEqual({ good: 50, 'connection-error': 50 });
  });

  describe.each(clients)('with %s', (_name, changes) => {
    it('outlives a server that goes away in the middle of the plan, and is served when it is back', async () => {
      const first = await serve(answerByPath);
      const { seconds, summary } = await load(planOf(200, 2, changes), first.url, async (run) => {
        await sleepUntil(run, 250);
        await first.close();
        await sleepUntil(run, 750);
        await serve(answerByPath, Number(new URL(first.url).port));
      });
      expect(summary).toMatchObject({ planned: 400, sent: 400, notSent: 0 });
      expect(summary.latenessP99Ms).toBeLessThan(smallLatenessMs);
      const { good = 0, 'connection-error': errors = 0, ...others } = outcomesOf(seconds);
      expect(others).toEqual({});
      expect(good + errors).toBe(400);
      // 500 ms at 200/s; a slow machine may shift the two moments a little.
      expect(Math.abs(errors - 100)).toBeLessThan(30);
      expect(outcomesOf(seconds.slice(1))).toEqual({ good: 200 });
      expect(percentileMs(latenciesOf(seconds, route.key, 'good'), 50)).toBeLessThan(100);
    });

    it('keeps its pace when every connection is reset', async () => {
      const server = await serveBare((socket) => socket.resetAndDestroy());
      const { seconds, summary } = await load(planOf(500, 0.5, changes), server.url);
      expect(outcomesOf(seconds)).toEqual({ 'connection-error': 250 });
      expect(summary.sent).toBe(250);
      expect(summary.latenessP99Ms).toBeLessThan(smallLatenessMs);
    });

    it('comes to its end when connections are accepted and nothing is ever read', async () => {
      const server = await serveBare(() => {});
      const { seconds, summary } = await load(planOf(200, 0.5, changes), server.url);
      expect(outcomesOf(seconds)).toEqual({ timeout: 100 });
      expect(summary.sent).toBe(100);
      expect(summary.latenessP99Ms).toBeLessThan(smallLatenessMs);
    });
  });
}
