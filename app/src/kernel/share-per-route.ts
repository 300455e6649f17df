import { Problem } from '../errors.ts';
import type { Execute } from './call.ts';
import { createLimiter, takeTurn } from './limiter.ts';
import { oncePerKey } from './once-per-key.ts';

export interface ShareOptions {
  /** Pieces of work of one route at once. */
  readonly limit: number;
  /** Further ones that wait, first come first served. */
  readonly queueLimit: number;
  /** What is shared, in the plural. */
  readonly what: string;
  emit(event: 'queued' | 'rejected'): void;
}

/**
 * Gives every route a share of its own: what one route does with its share never takes from another's.
 * @throws Problem BULKHEAD_FULL when slots and queue of the route are full.
 */
export function createSharePerRoute({ limit, queueLimit, what, emit }: ShareOptions): Execute {
  const limiterOf = oncePerKey(() => createLimiter(limit, queueLimit));

  return (work, call) => {
    const turn = {
      onQueued: () => emit('queued'),
      onFull() {
        emit('rejected');
        const detail = `${limit} ${what} of ${call.route} are running and ${queueLimit} are waiting`;
        return new Problem('BULKHEAD_FULL', detail, { retryAfterSeconds: 1 });
      },
    };
    return takeTurn(limiterOf(call.route), call.signal, turn, () => work(call));
  };
}
