import type { ClientRequest } from 'node:http';
import type { RunClock } from '../clock.ts';
import type { HttpConfiguration } from '../configuration.ts';
import { type Agents, closeAgents, createAgents } from './agents.ts';
import { firstHop, toUrl } from './first-hop.ts';
import { type Hop, type HopRequest, sendHop } from './http-hop.ts';
import { redirectOf } from './redirect.ts';
import { type RequestError, timeoutError } from './request-error.ts';
import type { ScriptRequest } from './script-request.ts';

/** How long a request may take when the script does not say. */
const defaultTimeoutMs = 60_000;

/** Methods that are sent again when a kept connection turns out to be closed, as Go's client does. */
const replayable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

const answered = 'answered';

/** A request of the script, with one hop for each redirect; the last one is the answer. */
export interface Exchange {
  /** Empty where the address is none. */
  readonly hops: readonly Hop[];
  /** Why there is no answer. */
  readonly error: RequestError | null;
}

/** The request of an exchange that is under way, and why it is to end early. */
interface Progress {
  outgoing: ClientRequest | null;
  ended: RequestError | null;
}

/** The HTTP client of one VU, which keeps its connections. */
export class HttpClient {
  readonly #clock: RunClock;
  readonly #underWay = new Set<Progress>();
  #agents: Agents | null = null;

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  /** Never rejects, and takes no longer than the request's timeout. */
  async exchange(request: ScriptRequest, configuration: HttpConfiguration): Promise<Exchange> {
    const url = toUrl(request.url);
    if (!(url instanceof URL)) return { hops: [], error: url };
    const progress: Progress = { outgoing: null, ended: null };
    const over = new AbortController();
    void this.#endAfter(request.timeoutMs ?? defaultTimeoutMs, over.signal, progress);
    this.#underWay.add(progress);
    try {
      const first = firstHop(request, url, configuration);
      const hops = await this.#follow(first, request.redirects, configuration, progress);
      const last = hops.at(-1);
      return { hops, error: last?.error ?? null };
    } finally {
      this.#underWay.delete(progress);
      // A reason of its own: without one, each request would pay for an exception with its stack.
      over.abort(answered);
    }
  }

  /** Ends what is under way at once. */
  interrupt(): void {
    for (const progress of this.#underWay) end(progress, { code: 0, message: 'interrupted' });
  }

  closeConnections(): void {
    if (this.#agents !== null) closeAgents(this.#agents);
    this.#agents = null;
  }

  async #endAfter(timeoutMs: number, over: AbortSignal, progress: Progress): Promise<void> {
    await this.#clock.pause(timeoutMs, over);
    if (!over.aborted) end(progress, timeoutError);
  }

  async #follow(
    first: HopRequest,
    redirects: number | undefined,
    configuration: HttpConfiguration,
    progress: Progress,
  ): Promise<readonly Hop[]> {
    const limit = redirects ?? configuration.maxRedirects;
    const hops: Hop[] = [];
    let next: HopRequest | null = first;
    while (next !== null) {
      const agents = (this.#agents ??= createAgents(configuration));
      const hop = await this.#send(next, agents, progress);
      hops.push(progress.ended === null ? hop : { ...hop, error: progress.ended, status: 0 });
      next = hops.length > limit || progress.ended !== null ? null : redirectOf(hop);
    }
    return hops;
  }

  async #send(request: HopRequest, agents: Agents, progress: Progress): Promise<Hop> {
    const begin = (outgoing: ClientRequest) => (progress.outgoing = outgoing);
    const hop = await sendHop(request, agents, this.#clock, begin);
    if (!hop.isStaleConnection || !replayable.has(request.method) || progress.ended !== null) return hop;
    return sendHop(request, agents, this.#clock, begin);
  }
}

function end(progress: Progress, why: RequestError): void {
  progress.ended ??= why;
  progress.outgoing?.destroy(new Error(why.message));
}
