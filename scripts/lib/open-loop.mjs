import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `send` at a constant rate, whether or not the calls before have ended: their times are fixed beforehand, so a
 * stalled service does not slow the load down. `send` must not reject. `stop` resolves when every call has ended.
 */
export function startOpenLoop(ratePerSecond, send) {
  const startedMs = performance.now();
  const inFlight = new Set();
  let sent = 0;
  const stopping = new AbortController();
  let latestMs = 0;

  async function run() {
    while (!stopping.signal.aborted) {
      const dueMs = (sent * 1000) / ratePerSecond;
      const nowMs = performance.now() - startedMs;
      if (nowMs < dueMs) {
        await sleep(dueMs - nowMs);
        continue;
      }
      latestMs = Math.max(latestMs, nowMs - dueMs);
      const call = send(sent).finally(() => inFlight.delete(call));
      inFlight.add(call);
      sent += 1;
    }
  }

  const running = run();
  return {
    get sent() {
      return sent;
    },
    /** How far the load was behind its plan at the worst. */
    get latestMs() {
      return latestMs;
    },
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(inFlight);
    },
  };
}
