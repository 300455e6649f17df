import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { hostOf } from '../addresses.ts';
import { sleep, type Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { createSparseWarnings } from '../telemetry/sparse-warnings.ts';
import { reasonWhy } from './database-error.ts';

/** Longest wait for an answer: a cache that is slower than what it saves is none. */
export const REDIS_ANSWER_MS = 100;
const CONNECT_MS = 1000;
/** Nothing at all came for so long: the connection is given up, and from then on nobody waits for it. */
const SILENCE_MS = 1000;
const HANG_UP_MS = 200;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
const PING_PAUSE_MS = 5000;

export interface RedisConnection {
  /**
   * What the commands answer; undefined when Redis is not connected, fails or does not answer within REDIS_ANSWER_MS.
   * Never rejects; says why in the log, at most once in ten seconds.
   */
  ask<T>(commands: (redis: Redis) => Promise<T>): Promise<T | undefined>;
  /** Whether it answered the last time; null before the first answer or failure. */
  answers(): boolean | null;
  close(): Promise<void>;
}

export interface RedisOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * One connection to Redis that is never waited for: commands have a deadline and are not queued while there is none; it is
 * opened anew after 50 ms to 2 s (with jitter), for ever. Without traffic it pings every 5 s.
 */
export function connectRedis({ url, clock, random, log }: RedisOptions): RedisConnection {
  const address = hostOf(url, 6379);
  const warn = createSparseWarnings(log, clock);
  const stopping = new AbortController();
  let redis: Redis | undefined;
  let isAnswering: boolean | null = null;

  const onFailure = (error: unknown): void => {
    isAnswering = false;
    // The reason only: errors of the client carry the arguments of their command, passwords and values among them.
    warn({ redis: address, reason: reasonWhy(error) }, 'redis does not answer: cache reads are misses');
  };
  const ask = async <T>(commands: (redis: Redis) => Promise<T>): Promise<T | undefined> => {
    if (redis?.status !== 'ready') {
      // While it connects for the first time nothing is wrong yet.
      if (isAnswering !== null) onFailure(new Error('not connected'));
      return undefined;
    }
    try {
      const answer = await commands(redis);
      isAnswering = true;
      return answer;
    } catch (error) {
      if (!stopping.signal.aborted) onFailure(error);
      return undefined;
    }
  };
  const watch = async (): Promise<void> => {
    redis = await open(url, random);
    if (stopping.signal.aborted) redis.disconnect();
    redis.on('error', onFailure);
    redis.on('close', () => (isAnswering = false));
    redis.on('ready', () => {
      isAnswering = true;
      log.info({ redis: address }, 'redis ready');
    });
    while (!stopping.signal.aborted) {
      await sleep(clock, PING_PAUSE_MS, stopping.signal);
      await ask((client) => client.ping());
    }
  };
  watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) onFailure(error);
  });

  return {
    ask,
    answers: () => isAnswering,
    close() {
      stopping.abort();
      redis?.disconnect();
      return Promise.resolve();
    },
  };
}

/** Loaded only here: the client costs 20 MB and 100 ms, which a backend without Redis need not pay. */
async function open(url: string, random: Random): Promise<Redis> {
  const { Redis } = await import('ioredis');
  return new Redis(url, {
    commandTimeout: REDIS_ANSWER_MS,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disconnectTimeout: HANG_UP_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: (times) =>
      Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS) * (0.5 + random() / 2),
  });
}
