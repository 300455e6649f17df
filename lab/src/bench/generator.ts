/** What a generator is asked for: this many GETs a second, evenly, for this long. */
export interface GeneratorOrder {
  readonly url: string;
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  readonly signal: AbortSignal;
}

/** A load generator that the bench can run. */
export interface Generator {
  readonly name: string;
  /** Whether it waits for answers, in one phrase for the reader of the figures. */
  readonly loop: string;
  /** It can be asked for a rate; without one there is no plan to be late against. */
  readonly hasRate: boolean;
  /** Resolves when its process has ended, with what it says of itself; rejects when it failed. */
  run(order: GeneratorOrder): Promise<{ readonly ownLatenessP99Ms?: number }>;
}

/** One that is not on this machine, and why. */
export interface AbsentGenerator {
  readonly name: string;
  readonly absent: string;
}
