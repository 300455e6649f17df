import { Type } from 'typebox';
import type { Static, TObject } from 'typebox';
import { ServiceError } from '../errors.ts';
import type { Fault } from '../legal.ts';
import { createCodel } from '../kernel/codel.ts';
import { createWaitingLine } from '../kernel/waiting-line.ts';
import type { WaitingLine } from '../kernel/waiting-line.ts';
import { defineBehaviour, toFaultsWithout } from './behaviour.ts';
import type { Admission, BehaviourPorts, Candidate, Effect, Release } from './behaviour.ts';

/** Room that no experiment fills by accident, and memory that it cannot exhaust. */
const DEFAULT_QUEUE_LIMIT = 10_000;

/** A mean wait is not known beforehand, so this is the smallest whole second (RFC 9110, `Retry-After`). */
const RETRY_AFTER_SECONDS = 1;

/** Facebook's values (facebook/folly, `executors/Codel.cpp`). */
const DEFAULT_CODEL_TARGET_MS = 5;
const DEFAULT_CODEL_INTERVAL_MS = 100;

const count = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ unit: 'requests', minimum, maximum, description }));
const milliseconds = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Number({ unit: 'milliseconds', minimum, maximum, description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

const settings = {
  slots: count(1, 10_000, 'How many work requests are served at once; the others wait.'),
  queueLimit: count(0, 100_000, 'How many may wait (default 10000); the next one gets 503 at once.'),
  queueDiscipline: Type.Optional(
    Type.Enum(['fifo', 'lifo', 'codel'], {
      description:
        'Who is served next: the oldest (default), the newest, or the oldest with CoDel, which drops who waited too long.',
    }),
  ),
  codelTargetMs: milliseconds(
    0.1,
    60_000,
    'CoDel: the queue stands when even the shortest wait is longer (default 5).',
  ),
  codelIntervalMs: milliseconds(1, 600_000, 'CoDel: how long waits are watched (default 100).'),
  dropCancelled: flag(
    'True (default): who waits leaves the queue when its client has left. False: it keeps its place.',
  ),
  stopCancelled: flag(
    'True: work stops when its client has left. False: it is done in full. As `dropCancelled` unless set.',
  ),
};

type Settings = Static<TObject<typeof settings>>;

export const slots = defineBehaviour({
  name: 'slots',
  summary:
    'This many work requests are served at once; others wait in a queue, and beyond its limit they get 503.',
  settings: () => settings,
  check: (chosen) => (chosen.slots === undefined ? checkWithoutSlots(chosen) : checkCodel(chosen)),
  start: (chosen, { clock }) =>
    chosen.slots === undefined ? undefined : createSlots(chosen.slots, chosen, clock),
});

function checkWithoutSlots(chosen: Settings): readonly Fault[] {
  const { queueLimit, queueDiscipline, codelTargetMs, codelIntervalMs, dropCancelled, stopCancelled } =
    chosen;
  const others = {
    queueLimit,
    queueDiscipline,
    codelTargetMs,
    codelIntervalMs,
    dropCancelled,
    stopCancelled,
  };
  return toFaultsWithout('slots', others);
}

function checkCodel({ queueDiscipline, codelTargetMs, codelIntervalMs }: Settings): readonly Fault[] {
  if (queueDiscipline !== 'codel') {
    return toFaultsWithout('queueDiscipline codel', { codelTargetMs, codelIntervalMs });
  }
  const targetMs = codelTargetMs ?? DEFAULT_CODEL_TARGET_MS;
  if (targetMs < (codelIntervalMs ?? DEFAULT_CODEL_INTERVAL_MS)) return [];
  return codelIntervalMs === undefined
    ? [
        {
          field: 'codelTargetMs',
          received: targetMs,
          legal: `below codelIntervalMs (${DEFAULT_CODEL_INTERVAL_MS})`,
        },
      ]
    : [{ field: 'codelIntervalMs', received: codelIntervalMs, legal: `above codelTargetMs (${targetMs})` }];
}

interface Waiter extends Candidate {
  readonly admit: (admission: Admission) => void;
  readonly refuse: (reason: unknown) => void;
}

/** Slots with a queue. A free slot is handed to a waiter, never taken from under it by a request that just came. */
function createSlots(slotCount: number, chosen: Settings, clock: BehaviourPorts['clock']): Effect {
  const { queueLimit = DEFAULT_QUEUE_LIMIT, queueDiscipline, dropCancelled = true } = chosen;
  const { stopCancelled = dropCancelled } = chosen;
  const line = createWaitingLine<Waiter>();
  const next = queueDiscipline === 'lifo' ? line.takeNewest : line.takeOldest;
  const codel = queueDiscipline === 'codel' ? codelFor(chosen, clock.monotonicMs()) : undefined;
  let inUse = 0;

  /** Why a request must not be served, now that it could be. */
  const objection = ({ signal, arrivedMs }: Candidate): unknown => {
    if (stopCancelled && signal.aborted) return signal.reason;
    const nowMs = clock.monotonicMs();
    return codel?.drops(nowMs - arrivedMs, nowMs) ? queuedTooLong(nowMs - arrivedMs) : undefined;
  };
  const release: Release = () => {
    for (let waiter = next(); waiter !== undefined; waiter = next()) {
      const reason = objection(waiter);
      if (reason === undefined) return waiter.admit(release);
      waiter.refuse(reason);
    }
    inUse -= 1;
  };

  return {
    admit: (candidate) => {
      if (dropCancelled) candidate.signal.throwIfAborted();
      if (inUse < slotCount) {
        const reason = objection(candidate);
        if (reason !== undefined) throw reason;
        inUse += 1;
        return release;
      }
      if (line.size >= queueLimit) throw queueFull(inUse, line.size);
      return wait(line, candidate, dropCancelled);
    },
    finishesCancelled: !stopCancelled,
    occupancy: () => ({ inUse, waiting: line.size }),
    end: () => {
      for (let waiter = line.takeOldest(); waiter !== undefined; waiter = line.takeOldest())
        waiter.admit('ended');
    },
  };
}

function codelFor({ codelTargetMs, codelIntervalMs }: Settings, nowMs: number) {
  const targetMs = codelTargetMs ?? DEFAULT_CODEL_TARGET_MS;
  return createCodel({ targetMs, intervalMs: codelIntervalMs ?? DEFAULT_CODEL_INTERVAL_MS }, nowMs);
}

function queueFull(inUse: number, waiting: number): ServiceError {
  const detail = `${inUse} requests are served and ${waiting} wait.`;
  return new ServiceError('queue-full', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function queuedTooLong(waitedMs: number): ServiceError {
  const detail = `It waited ${Math.round(waitedMs)} ms, and the queue does not get shorter.`;
  return new ServiceError('queued-too-long', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function wait(
  line: WaitingLine<Waiter>,
  candidate: Candidate,
  leavesWithClient: boolean,
): Promise<Admission> {
  const { signal } = candidate;
  return new Promise((resolve, reject) => {
    const leaveLine = line.join({
      ...candidate,
      admit: (admission) => {
        signal.removeEventListener('abort', leave);
        resolve(admission);
      },
      refuse: (reason) => {
        signal.removeEventListener('abort', leave);
        reject(reason);
      },
    });
    const leave = () => {
      leaveLine();
      reject(signal.reason);
    };
    if (leavesWithClient) signal.addEventListener('abort', leave, { once: true });
  });
}
