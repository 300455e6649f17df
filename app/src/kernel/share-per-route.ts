import type { Call, Execute } from './call.ts';
import { createLimiter, type Limiter } from './limiter.ts';

export interface ShareOptions {
  /** Pieces of work of one route at once. */
  readonly limit: number;
  /** Further ones that wait, first come first served. */
  readonly queueLimit: number;
  onQueued(): void;
  /** What a piece of work is rejected with when slots and queue of its route are full. */
  onFull(call: Call): Error;
}

/** Gives every route a share of its own: what one route does with its share never takes from another's. */
export function createSharePerRoute({ limit, queueLimit, onQueued, onFull }: ShareOptions): Execute {
  const limiters = new Map<string, Limiter>();
  const limiterOf = (route: string): Limiter => {
    const known = limiters.get(route);
    if (known !== undefined) return known;
    const created = createLimiter(limit, queueLimit);
    limiters.set(route, created);
    return created;
  };

  return async (work, call) => {
    const limiter = limiterOf(call.route);
    if (limiter.size >= limit && limiter.size < limit + queueLimit) onQueued();
    if (!(await limiter.enter(call.signal))) throw onFull(call);
    try {
      return await work(call);
    } finally {
      limiter.leave();
    }
  };
}
