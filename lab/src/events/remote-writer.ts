import { encodeWriteRequest, type RemoteSeries } from '../core/remote-write.ts';
import { createRemoteWriteQueue, samplesIn } from './remote-write-queue.ts';
import { type Post, sendWriteRequest, type WriterClock } from './remote-write-request.ts';

export interface RemoteWriterOptions {
  /** Where to write; shown as it is, so it holds no password. */
  readonly url: string;
  /** Beside those of the protocol, which cannot be changed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly post: Post;
  readonly clock: WriterClock;
  /** When it aborts, nothing more is sent. */
  readonly signal: AbortSignal;
  /** Hears once, at the end, how much was lost and why. */
  readonly log: (line: string) => void;
}

/** Writes beside a run: never throws, and nobody ever waits for it but who closes it. */
export interface RemoteWriter {
  /** The samples of one series have to come in the order of their time. */
  push(series: readonly RemoteSeries[]): void;
  /** Sends what is left, within three seconds. Idempotent. */
  close(): Promise<{ readonly lostSamples: number }>;
}

const pushIntervalMs = 1000;
const closeDeadlineMs = 3000;
const firstBackOffMs = 500;
const longestBackOffMs = 8000;
const samplesPerRequest = 5000;
/** Some minutes of a run. */
const queueLimit = 100_000;

/**
 * Sends to a Prometheus remote write receiver: once a second, one request at a time, in order, again after growing
 * pauses where that can help. What waits is bounded, the oldest goes first: a receiver that is dead costs samples and
 * never the run.
 */
export function createRemoteWriter(options: RemoteWriterOptions): RemoteWriter {
  const queue = createRemoteWriteQueue(queueLimit, samplesPerRequest);
  const closing = new AbortController();
  const overdue = new AbortController();
  const givenUp = AbortSignal.any([options.signal, overdue.signal]);
  const hurried = AbortSignal.any([givenUp, closing.signal]);
  const pause = (ms: number, signal: AbortSignal) => options.clock.sleep(ms, signal).catch(() => undefined);
  let lostSamples = 0;
  let reason = 'too many were waiting';

  const deliver = async (batch: readonly RemoteSeries[]): Promise<void> => {
    const body = encodeWriteRequest(batch);
    for (let waitMs = firstBackOffMs; !givenUp.aborted; waitMs = Math.min(2 * waitMs, longestBackOffMs)) {
      const refusal = await sendWriteRequest(options, body, givenUp);
      if (refusal === null) return;
      ({ reason } = refusal);
      if (!refusal.tryAgain) break;
      await pause(waitMs, closing.signal.aborted ? givenUp : hurried);
    }
    lostSamples += samplesIn(batch);
  };
  const work = async (): Promise<void> => {
    while (!givenUp.aborted && !(closing.signal.aborted && queue.samples() === 0)) {
      await pause(pushIntervalMs, hurried);
      if (queue.samples() > 0) await deliver(queue.take());
    }
  };
  const worked = work();

  const close = async () => {
    const done = new AbortController();
    const limit = pause(closeDeadlineMs, done.signal).then(() => overdue.abort());
    closing.abort();
    await worked;
    done.abort();
    await limit;
    lostSamples += queue.clear();
    const why = options.signal.aborted ? 'the run was stopped' : reason;
    if (lostSamples > 0) options.log(`${lostSamples} samples were not written to ${options.url}: ${why}`);
    return { lostSamples };
  };
  let closed: ReturnType<typeof close> | undefined;
  return {
    push: (series) => {
      if (closed === undefined) lostSamples += queue.add(series);
    },
    close: () => (closed ??= close()),
  };
}
