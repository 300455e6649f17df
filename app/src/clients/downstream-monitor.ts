import { Client } from 'undici';
import { sleep, type Clock } from '../kernel/clock.ts';

const PAUSE_MS = 5000;
const LONGEST_ANSWER_MS = 1000;

export interface DownstreamMonitor {
  /** Whether the last probe was answered; null before the first one ended. */
  answers(): boolean | null;
  stop(): Promise<void>;
}

/** Asks the downstream's `/health` every 5 s over a socket of its own, for the page `/` only; readiness never depends on it. */
export function startDownstreamMonitor(url: string, clock: Clock): DownstreamMonitor {
  const { origin, pathname } = new URL(url);
  const path = `${pathname.replace(/\/$/, '')}/health`;
  const stopping = new AbortController();
  let client = new Client(origin);
  let isAnswering: boolean | null = null;

  const probe = async (): Promise<boolean> => {
    const deadline = new AbortController();
    const cancel = clock.schedule(LONGEST_ANSWER_MS, () => deadline.abort());
    try {
      const { statusCode, body } = await client.request({ method: 'GET', path, signal: deadline.signal });
      await body.dump();
      return statusCode < 400;
    } catch {
      await client.destroy();
      client = new Client(origin);
      return false;
    } finally {
      cancel();
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isAnswering = await probe();
      await sleep(clock, PAUSE_MS, stopping.signal).catch(() => {});
    }
  };
  const watching = watch();

  return {
    answers: () => isAnswering,
    async stop() {
      stopping.abort();
      await client.destroy();
      await watching;
      await client.destroy();
    },
  };
}
