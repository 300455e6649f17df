/** The part of `fetch` that a writer needs. */
export type Post = (
  url: string,
  request: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Time that can be waited for; `sleep` may reject or resolve when its signal aborts. */
export interface WriterClock {
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Refusal {
  readonly tryAgain: boolean;
  readonly reason: string;
}

export const userAgent = 'backend-load-testing-lab/0.1.0';

const protocolHeaders = {
  'content-encoding': 'snappy',
  'content-type': 'application/x-protobuf',
  'user-agent': userAgent,
  'x-prometheus-remote-write-version': '0.1.0',
};

const answerDeadlineMs = 5000;

/**
 * Sends one request once. Null: it was taken. By the specification, 5xx has to be tried again and 429 may be; so is a
 * receiver that does not answer. Any other refusal would be the same the next time.
 */
export async function sendWriteRequest(
  target: {
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly post: Post;
    readonly clock: WriterClock;
  },
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const answered = new AbortController();
  const late = new AbortController();
  const deadline = target.clock
    .sleep(answerDeadlineMs, answered.signal)
    .catch(() => undefined)
    .then(() => late.abort());
  try {
    const response = await target.post(target.url, {
      method: 'POST',
      headers: { ...lowerCased(target.headers), ...protocolHeaders },
      body,
      signal: AbortSignal.any([signal, late.signal]),
    });
    const text = await response.text();
    return toRefusal(response.status, text);
  } catch (error) {
    const isLate = late.signal.aborted || signal.aborted;
    return { tryAgain: true, reason: isLate ? 'it did not answer in time' : describe(error) };
  } finally {
    answered.abort();
    await deadline;
  }
}

function toRefusal(status: number, text: string): Refusal | null {
  if (status >= 200 && status <= 299) return null;
  const said = text.trim().slice(0, 300);
  return {
    tryAgain: status >= 500 || status === 429,
    reason: `it answered ${status}${said === '' ? '' : `: ${said}`}`,
  };
}

/** `fetch` says no more than "fetch failed"; its cause says why. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
