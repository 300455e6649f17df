/** The first thing that goes wrong ends every wait. */
export class Trouble {
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.raise(this.#signal.reason);
  readonly #raised: Promise<never>;
  #reject: (reason: unknown) => void = () => undefined;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#raised = new Promise<never>((_resolve, reject) => {
      this.#reject = reject;
    });
    this.#raised.catch(() => undefined);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  /** Something was raised, or it is over: nothing that comes now matters. */
  get isOver(): boolean {
    return this.#isOver;
  }

  raise(reason: unknown): void {
    this.#isOver = true;
    this.#reject(reason);
  }

  /** The result of the work, unless something is raised first, or it takes longer than it may. */
  async orRaised<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
    const onDeadline = (): void =>
      this.raise(new Error(`the generators did not ${what} within ${deadlineMs / 1000} s`));
    const timer = setTimeout(onDeadline, deadlineMs);
    try {
      return await Promise.race([work, this.#raised]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What ends from now on ends as it should. */
  end(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
