import { Type } from 'typebox';
import { defineBehaviour, toFaultsWithout } from './behaviour.ts';
import type { Effect, FailureKind } from './behaviour.ts';
import type { Random } from '../kernel/random.ts';

export const failure = defineBehaviour({
  name: 'failure',
  summary: 'This part of the work requests fails after its wait, each in the way that is set.',
  settings: () => ({
    failureRatio: Type.Optional(
      Type.Number({
        unit: 'ratio',
        minimum: 0,
        maximum: 1,
        description: 'The part of the work requests that fails, each after its wait.',
      }),
    ),
    failureKind: Type.Optional(
      Type.Enum(['error', 'reset', 'hang', 'truncated'], {
        description:
          'How they fail: status 500 (default), a connection reset, no answer at all, or half a body and then the end.',
      }),
    ),
  }),
  check: ({ failureRatio, failureKind }) =>
    failureRatio === undefined ? toFaultsWithout('failureRatio', { failureKind }) : [],
  start: ({ failureRatio, failureKind = 'error' }, { random }) =>
    failureRatio === undefined ? undefined : createFailure(failureRatio, failureKind, random),
});

function createFailure(ratio: number, kind: FailureKind, random: Random): Effect {
  const hanging = new Set<() => void>();
  let isOver = false;

  return {
    failure: () => (random() < ratio ? kind : undefined),
    hang: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (isOver) return resolve();
        const goOn = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          hanging.delete(goOn);
          reject(signal.reason);
        };
        hanging.add(goOn);
        signal.addEventListener('abort', leave, { once: true });
      }),
    end: () => {
      isOver = true;
      for (const goOn of hanging) goOn();
      hanging.clear();
    },
  };
}
