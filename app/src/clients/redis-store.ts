import { LONGEST_STALE_MS, type CacheEntry } from '../kernel/caching.ts';
import type { Clock } from '../kernel/clock.ts';
import type { CacheStore } from './cache.ts';
import type { RedisConnection } from './redis-connection.ts';

const PREFIX = 'backend-load-testing:cache:';

/** What is written under a key, as JSON. */
interface Written {
  readonly value: unknown;
  readonly loadMs: number;
}

/**
 * Entries in Redis, shared by all replicas. When one expires is told by the time to live that Redis itself counts down:
 * `PX` = time left + LONGEST_STALE_MS at the write, `PTTL` − LONGEST_STALE_MS at the read. So replicas agree without
 * agreeing on the time of day, and every process keeps its own monotonic clock.
 * `PTTL` goes first: a write that comes between the two makes the entry look older than it is, which costs a load; never
 * younger, which would serve it too long. Source: Redis documentation, commands SET and PTTL.
 */
export function createRedisStore(connection: RedisConnection, clock: Clock): CacheStore {
  return {
    kind: 'redis',
    async get(key) {
      const answer = await connection.ask((redis) =>
        Promise.all([redis.pttl(PREFIX + key), redis.get(PREFIX + key)]),
      );
      const [leftMs, text] = answer ?? [-2, null];
      const written = leftMs < 0 || text === null ? undefined : parse(text);
      if (written === undefined) return undefined;
      return { ...written, expiresAtMs: clock.nowMs() + leftMs - LONGEST_STALE_MS };
    },
    async set(key, { value, loadMs, expiresAtMs }: CacheEntry) {
      const written: Written = { value, loadMs };
      const keepMs = Math.max(1, Math.round(expiresAtMs - clock.nowMs() + LONGEST_STALE_MS));
      await connection.ask((redis) => redis.set(PREFIX + key, JSON.stringify(written), 'PX', keepMs));
    },
    answers: connection.answers,
    close: () => connection.close(),
  };
}

/** Undefined for what another program has written under the key. */
function parse(text: string): Written | undefined {
  try {
    const { value, loadMs } = JSON.parse(text) as Partial<Written>;
    return value === undefined || typeof loadMs !== 'number' ? undefined : { value, loadMs };
  } catch {
    return undefined;
  }
}
