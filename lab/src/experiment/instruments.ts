/** Time as the experiment sees it; handed in, so that tests can turn it. */
export interface Clock {
  /** The machine's monotonic clock, shared with the driver's process, in ms. */
  monotonicMs(): number;
  now(): Date;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** CPU time of the whole machine and of the lab itself, to see who else is working. */
export interface Machine {
  readonly cores: number;
  /** Seconds of CPU used by everyone since boot, time stolen by the host included; null where unknown. */
  busyCpuSeconds(): number | null;
  ownCpuSeconds(): number;
  /** Name of the process that uses the most CPU right now, the lab's own left out; null where unknown. */
  busiestProcess(): Promise<string | null>;
}

/** Small requests to control ports and `/metrics`. Every one has a deadline. */
export interface HttpClient {
  /** The body of an answer 2xx; anything else rejects with method, address and what came back. */
  request(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    options: {
      readonly body?: unknown;
      /** A bearer token; undefined: none. */
      readonly token?: string | undefined;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<string>;
}
