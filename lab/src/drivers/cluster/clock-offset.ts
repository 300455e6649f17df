/** How another machine's clock stands to ours. */
export interface ClockOffset {
  /** Theirs less ours, in ms. */
  readonly offsetMs: number;
  /** The true offset is no further away than this. */
  readonly uncertaintyMs: number;
}

export interface OffsetOptions {
  readonly readTheirsMs: () => Promise<number>;
  readonly ourMonotonicMs: () => number;
  readonly readings: number;
}

/**
 * Reads another clock through a channel of unknown delay: when the answer was on its way for as long as the question,
 * the reading belongs to the middle between them, and it can be off by half of the round trip at most. The quickest of
 * several round trips is kept (Cristian, "Probabilistic clock synchronization", 1989). Nothing has to be right but the
 * speed of both clocks: no NTP, no time of day.
 */
export async function measureOffset(options: OffsetOptions): Promise<ClockOffset> {
  const { readTheirsMs, ourMonotonicMs, readings } = options;
  let best: ClockOffset = { offsetMs: 0, uncertaintyMs: Infinity };
  for (let reading = 0; reading < readings; reading += 1) {
    const askedMs = ourMonotonicMs();
    const theirsMs = await readTheirsMs();
    const answeredMs = ourMonotonicMs();
    const uncertaintyMs = (answeredMs - askedMs) / 2;
    if (uncertaintyMs < best.uncertaintyMs)
      best = { offsetMs: theirsMs - (askedMs + uncertaintyMs), uncertaintyMs };
  }
  return best;
}
