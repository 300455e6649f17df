import { Type } from 'typebox';
import { ServiceError } from '../errors.ts';
import { defineBehaviour } from './behaviour.ts';
import type { Admission, Effect, Release } from './behaviour.ts';

/** Room that no experiment fills by accident, and memory that it cannot exhaust. */
const DEFAULT_QUEUE_LIMIT = 10_000;

/** A mean wait is not known beforehand, so this is the smallest whole second (RFC 9110, `Retry-After`). */
const RETRY_AFTER_SECONDS = 1;

export const slots = defineBehaviour({
  name: 'slots',
  summary:
    'This many work requests are served at once; others wait in order, and beyond the limit they get 503.',
  settings: () => ({
    slots: Type.Optional(Type.Integer({ unit: 'requests', minimum: 1, maximum: 10_000 })),
    queueLimit: Type.Optional(Type.Integer({ unit: 'requests', minimum: 0, maximum: 100_000 })),
  }),
  check: ({ slots: slotCount, queueLimit }) =>
    queueLimit !== undefined && slotCount === undefined
      ? [{ field: 'queueLimit', received: queueLimit, legal: 'only together with slots' }]
      : [],
  start: ({ slots: slotCount, queueLimit }) =>
    slotCount === undefined ? undefined : createSlots(slotCount, queueLimit ?? DEFAULT_QUEUE_LIMIT),
});

/** Slots with a first-in, first-out queue. A free slot is handed to the first waiter, never taken from under it. */
function createSlots(slotCount: number, queueLimit: number): Effect {
  const waiting = new Set<(admission: Admission) => void>();
  let inUse = 0;

  const release: Release = () => {
    const [first] = waiting;
    if (first === undefined) {
      inUse -= 1;
      return;
    }
    waiting.delete(first);
    first(release);
  };

  return {
    admit: (signal) => {
      signal.throwIfAborted();
      if (inUse < slotCount) {
        inUse += 1;
        return release;
      }
      if (waiting.size >= queueLimit) {
        const detail = `${inUse} requests are served and ${waiting.size} wait.`;
        throw new ServiceError('queue-full', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      return enqueue(waiting, signal);
    },
    occupancy: () => ({ inUse, waiting: waiting.size }),
    end: () => {
      for (const admit of waiting) admit('ended');
      waiting.clear();
    },
  };
}

function enqueue(waiting: Set<(admission: Admission) => void>, signal: AbortSignal): Promise<Admission> {
  return new Promise((resolve, reject) => {
    const admit = (admission: Admission) => {
      signal.removeEventListener('abort', leave);
      resolve(admission);
    };
    const leave = () => {
      waiting.delete(admit);
      reject(signal.reason);
    };
    waiting.add(admit);
    signal.addEventListener('abort', leave, { once: true });
  });
}
