/**
 * The thread of the lab that enforces emulated limits. A thread and not a timer of the lab's own loop, because a scrape
 * that is parsed there may take longer than a tick; and not a process, because its counters have to be known in the very
 * moment in which the lab sees a program end, which shared memory gives and a message does not.
 */
import { parentPort } from 'node:worker_threads';
import { createLimiter } from '../targets/local/limits/limiter.ts';
import type { ClosedAnswer, LimiterMessage } from '../targets/local/limits/limiter-messages.ts';
import { openProcessMeter } from '../targets/local/limits/process-meter.ts';

const limiter = createLimiter({
  nowMs: () => performance.now(),
  openMeter: openProcessMeter,
  kill: (pid, signal) => void process.kill(pid, signal),
});

let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const delayMs = limiter.tick();
  timer = delayMs === null ? undefined : setTimeout(tick, delayMs);
}

function answer(message: ClosedAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: LimiterMessage) => {
  limiter.apply(message);
  if (message.kind === 'close') answer({ closed: message.id });
  clearTimeout(timer);
  tick();
});
