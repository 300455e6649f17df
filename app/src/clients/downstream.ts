import { Pool } from 'undici';
import { isProblem, Problem } from '../errors.ts';
import type { Downstream } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { orAborted, reasonOf } from '../kernel/clock.ts';
import type { Switchboard } from '../switchboard.ts';
import type { AttemptOutcome, AttemptRecorder } from '../telemetry/metrics.ts';
import { hostOf } from '../addresses.ts';

export interface DownstreamOptions {
  /** Asked for at the first call: the own address is known only when the server listens. */
  readonly url: () => string;
  /** Sockets; further attempts wait in the client's unbounded queue. */
  readonly connections: number;
  readonly switchboard: Switchboard;
  readonly recorder: AttemptRecorder;
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
  recorder,
}: DownstreamOptions): DownstreamClient {
  let opened: ReturnType<typeof open> | undefined;

  const send = async (path: string, call: Call): Promise<void> => {
    opened ??= open(url(), connections);
    const { pool, prefix, address } = opened;
    let status: number;
    try {
      // undici looks at the signal of a request that waits for a socket only when its turn comes; the race does not.
      status = await orAborted(call.signal, async () => {
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path: prefix + path,
          signal: call.signal,
        });
        await body.arrayBuffer();
        return statusCode;
      });
    } catch (error) {
      if (call.signal.aborted) throw reasonOf(call.signal);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Problem('DOWNSTREAM_ERROR', `${address}: ${reason}`, { cause: error });
    }
    if (status >= 400) throw new Problem('DOWNSTREAM_ERROR', `${address} answered ${status}`);
  };
  const attempt = async (path: string, call: Call): Promise<void> => {
    if (call.signal.aborted) throw reasonOf(call.signal);
    recorder.attempted(call.route);
    try {
      await send(path, call);
      recorder.ended('ok');
    } catch (error) {
      recorder.ended(outcomeOf(error));
      throw error;
    }
  };

  return {
    call(path, call) {
      recorder.called(call.route);
      return switchboard.edge('downstream-call').execute((passedOn) => attempt(path, passedOn), call);
    },
    close: async () => opened?.pool.destroy(),
  };
}

function open(url: string, connections: number) {
  const { origin, pathname } = new URL(url);
  return {
    pool: new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 }),
    prefix: pathname.replace(/\/$/, ''),
    address: hostOf(url, url.startsWith('https:') ? 443 : 80),
  };
}

function outcomeOf(error: unknown): AttemptOutcome {
  if (isProblem(error, 'DOWNSTREAM_TIMEOUT')) return 'timeout';
  return isProblem(error, 'DOWNSTREAM_ERROR') ? 'error' : 'aborted';
}
