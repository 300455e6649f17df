import { Pool } from 'undici';
import { isProblem, Problem } from '../errors.ts';
import type { Downstream } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { reasonOf } from '../kernel/clock.ts';
import type { Switchboard } from '../switchboard.ts';
import type { AttemptOutcome, Metrics } from '../telemetry/metrics.ts';
import { hostOf } from '../addresses.ts';

export interface DownstreamOptions {
  readonly url: string;
  /** Sockets; further attempts wait in the client's unbounded queue. */
  readonly connections: number;
  readonly switchboard: Switchboard;
  readonly metrics: Metrics;
}

export interface DownstreamClient extends Downstream {
  close(): Promise<void>;
}

/**
 * The downstream service behind its edge. Every limit of the HTTP client is off (undici gives up after 300 s by
 * default, and takes limits below 1 s as 1 s): a call ends by its answer, an error or its signal, so "no timeout" is true.
 */
export function createDownstream({
  url,
  connections,
  switchboard,
  metrics,
}: DownstreamOptions): DownstreamClient {
  const { origin, pathname } = new URL(url);
  const prefix = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 });
  const address = hostOf(url, url.startsWith('https:') ? 443 : 80);

  const send = async (path: string, call: Call): Promise<void> => {
    let status: number;
    try {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: prefix + path,
        signal: call.signal,
      });
      await body.arrayBuffer();
      status = statusCode;
    } catch (error) {
      if (call.signal.aborted) throw reasonOf(call.signal);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Problem('DOWNSTREAM_ERROR', `${address}: ${reason}`, { cause: error });
    }
    if (status >= 400) throw new Problem('DOWNSTREAM_ERROR', `${address} answered ${status}`);
  };
  const attempt = async (path: string, call: Call): Promise<void> => {
    if (call.signal.aborted) throw reasonOf(call.signal);
    metrics.downstreamAttempts.labels(call.route).inc();
    try {
      await send(path, call);
      metrics.attemptOutcomes.labels('ok').inc();
    } catch (error) {
      metrics.attemptOutcomes.labels(outcomeOf(error)).inc();
      throw error;
    }
  };

  return {
    call(path, call) {
      metrics.downstreamCalls.labels(call.route).inc();
      return switchboard.edge('downstream-call').execute((passedOn) => attempt(path, passedOn), call);
    },
    close: () => pool.destroy(),
  };
}

function outcomeOf(error: unknown): AttemptOutcome {
  if (isProblem(error, 'DOWNSTREAM_TIMEOUT')) return 'timeout';
  return isProblem(error, 'DOWNSTREAM_ERROR') ? 'error' : 'aborted';
}
