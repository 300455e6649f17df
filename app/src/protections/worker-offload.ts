import { Piscina } from 'piscina';
import { Type } from 'typebox';
import type { Job } from '../computations/computation.ts';
import { workerFile } from '../computations/worker-file.ts';
import { Problem } from '../errors.ts';
import type { Call } from '../kernel/call.ts';
import { reasonOf } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { createLimiter, takeTurn } from '../kernel/limiter.ts';
import { defineProtection } from './protection.ts';

/**
 * Runs computations in threads of their own, so the event loop goes on serving. The queue before them is bounded, and
 * a computation that takes longer than `timeoutMs`, or whose call ends, is ended with its thread, which is replaced:
 * nothing else stops a computation. The time counts from its turn on; the start of a thread that must be replaced is
 * in it. Sources: Node.js documentation, "Worker threads"; piscina's documentation, "Cancelable Tasks".
 */
export const workerOffload = defineProtection({
  name: 'worker-offload',
  edge: 'computation',
  layer: 'resource',
  summary:
    'Runs computations in threads beside the event loop, with a bounded queue and an end by force after timeoutMs.',
  settings: Type.Object({
    threads: Type.Integer({ minimum: 1, maximum: 16, default: 2 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 10_000, default: 16 }),
    timeoutMs: Type.Integer({ minimum: 0, maximum: 600_000, default: 0, description: '0: no end' }),
  }),
  events: ['offloaded', 'queued', 'rejected', 'timed-out', 'thread-failed'],
  create({ threads, queueLimit, timeoutMs }, { clock, emit }) {
    const limiter = createLimiter(threads, queueLimit);
    const start = (): Piscina => {
      const started = startPool(threads, () => {
        emit('thread-failed');
        // No thread can be had at all: jobs that wait for one fail now, and the next job tries again.
        if (started.threads.length === 0) end(started);
      });
      return started;
    };
    const end = (ended: Piscina): void => {
      endPool(ended);
      if (pool === ended) pool = undefined;
    };
    let pool: Piscina | undefined = start();
    let isClosed = false;
    const endIfDone = (): void => {
      if (isClosed && limiter.size === 0 && pool !== undefined) end(pool);
    };
    const onTimeout = (): Problem => {
      emit('timed-out');
      return new Problem('COMPUTATION_TIMEOUT', `not ended after ${timeoutMs} ms`);
    };
    const run = <T>(job: Job, call: Call): Promise<T> => {
      // Work that began before the switch-off may come late: it finds threads as it would have before.
      const running = (pool ??= start());
      const work = ({ signal }: Call): Promise<T> => runIn(running, job, signal);
      return timeoutMs === 0 ? work(call) : withDeadline(work, call, clock, timeoutMs, onTimeout);
    };

    const turn = {
      onQueued: () => emit('queued'),
      onFull() {
        emit('rejected');
        const detail = `${threads} computations are running and ${queueLimit} are waiting`;
        return new Problem('COMPUTATION_QUEUE_FULL', detail, { retryAfterSeconds: 1 });
      },
    };

    return {
      async compute<T>(job: Job, _here: unknown, call: Call): Promise<T> {
        try {
          return await takeTurn(limiter, call.signal, turn, () => {
            emit('offloaded');
            return run<T>(job, call);
          });
        } finally {
          endIfDone();
        }
      },
      close() {
        isClosed = true;
        endIfDone();
      },
    };
  },
});

/** All threads start now, so no request pays for it. They do not keep the process alive, and inherit nothing from it. */
function startPool(threads: number, onFailure: () => void): Piscina {
  const pool = new Piscina({
    filename: workerFile(),
    minThreads: threads,
    maxThreads: threads,
    env: {},
    execArgv: [],
    argv: [],
    recordTiming: false,
  });
  // A thread that ends while it has no job has nobody to tell; without a listener it would end the process.
  pool.on('error', onFailure);
  return pool;
}

/** Called when no job is in flight. Not piscina's `close`: with several in flight it ends all when the first is done (5.3.2). */
function endPool(pool: Piscina): void {
  // A thread that was ended by force may still be on its way out; its end must not start another one.
  pool.options.minThreads = 0;
  void pool.destroy();
}

async function runIn<T>(pool: Piscina, job: Job, signal: AbortSignal): Promise<T> {
  try {
    return (await pool.run(job, { signal })) as T;
  } catch (error) {
    throw signal.aborted ? reasonOf(signal) : error;
  }
}
