import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import type { LoadSecond } from '../../core/events.ts';
import { toSchedule, type LoadPlan } from '../../core/plan.ts';
import { toShare } from '../../core/plan-share.ts';
import type { Client, ClientOptions } from './client.ts';
import { FixedConnections } from './fixed-connections.ts';
import { HttpClient } from './http-client.ts';
import type { DriverMessage, PlanMessage } from './protocol.ts';
import { Sender } from './sender.ts';

export interface PreparePlanOptions {
  readonly message: PlanMessage;
  readonly send: (message: DriverMessage) => void;
  readonly cpuSeconds: () => number;
}

export interface RunPlanOptions extends PreparePlanOptions {
  /** The machine-wide monotonic clock, in ms. */
  readonly monotonicMs: () => number;
}

/** Makes the load, from a start on the clock of `performance.now()`, and reports on it up to `done`. */
export type PreparedPlan = (startMs: number) => Promise<void>;

/** The start lies this far ahead, so that the first requests are not late and the lab can set its timers. */
const startAheadMs = 150;

/** The work of the embedded driver's process: makes the load of one plan and reports on it. */
export async function runPlan({ monotonicMs, ...options }: RunPlanOptions): Promise<void> {
  const makeLoad = await preparePlan(options);
  const startMs = performance.now() + startAheadMs;
  options.send({ type: 'ready', startMonotonicMs: monotonicMs() + startMs - performance.now() });
  await makeLoad(startMs);
}

/** Does all that can be done before the start is known: a schedule may take long, a name and connections too. */
export async function preparePlan({ message, send, cpuSeconds }: PreparePlanOptions): Promise<PreparedPlan> {
  const { plan: whole, share, baseUrl } = message;
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:') throw new Error(`the driver speaks plain http only, not ${baseUrl}`);
  const { address } = await lookup(url.hostname.replace(/^\[(.*)\]$/, '$1'), { verbatim: false });
  const nowMs = () => performance.now();
  const { plan, schedule } =
    share === undefined ? { plan: whole, schedule: toSchedule(whole) } : toShare(whole, share);
  const client = createClient(plan, { host: address, port: Number(url.port || 80), nowMs });
  return async (startMs) => {
    const onSecond = (second: LoadSecond) => send({ type: 'second', second, cpuSeconds: cpuSeconds() });
    const sender = new Sender({ plan, schedule, client, host: url.host, startMs, onSecond });
    const summary = await sender.run();
    send({ type: 'done', summary: { ...summary, cpuSeconds: cpuSeconds() } });
  };
}

function createClient({ connections }: LoadPlan, options: ClientOptions): Client {
  return connections === undefined ? new HttpClient(options) : new FixedConnections(options, connections);
}
