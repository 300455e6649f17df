import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import { toSchedule, type LoadPlan } from '../../core/plan.ts';
import type { Client, ClientOptions } from './client.ts';
import { FixedConnections } from './fixed-connections.ts';
import { HttpClient } from './http-client.ts';
import type { DriverMessage, PlanMessage } from './protocol.ts';
import { Sender } from './sender.ts';

export interface RunPlanOptions {
  readonly message: PlanMessage;
  readonly send: (message: DriverMessage) => void;
  /** The machine-wide monotonic clock, in ms. */
  readonly monotonicMs: () => number;
  readonly cpuSeconds: () => number;
}

/** The start lies this far ahead, so that the first requests are not late and the lab can set its timers. */
const startAheadMs = 150;

/** The work of the driver's process: makes the load of one plan and reports on it. */
export async function runPlan({ message, send, monotonicMs, cpuSeconds }: RunPlanOptions): Promise<void> {
  const { plan, baseUrl } = message;
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:') throw new Error(`the embedded driver speaks plain http only, not ${baseUrl}`);
  const { address } = await lookup(url.hostname.replace(/^\[(.*)\]$/, '$1'), { verbatim: false });
  const nowMs = () => performance.now();
  const startMs = nowMs() + startAheadMs;
  const sender = new Sender({
    plan,
    schedule: toSchedule(plan),
    client: createClient(plan, { host: address, port: Number(url.port || 80), nowMs }),
    host: url.host,
    startMs,
    onSecond: (second) => send({ type: 'second', second, cpuSeconds: cpuSeconds() }),
  });
  send({ type: 'ready', startMonotonicMs: monotonicMs() + startMs - nowMs() });
  const summary = await sender.run();
  send({ type: 'done', summary: { ...summary, cpuSeconds: cpuSeconds() } });
}

function createClient({ connections }: LoadPlan, options: ClientOptions): Client {
  return connections === undefined ? new HttpClient(options) : new FixedConnections(options, connections);
}
