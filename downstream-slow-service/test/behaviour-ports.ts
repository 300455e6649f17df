import type { BehaviourPorts } from '../src/behaviours/behaviour.ts';
import { createManualClock } from './manual-clock.ts';

/** What a behaviour is started with in a test of its own, unless the test says otherwise. */
export function behaviourPorts(given: Partial<BehaviourPorts> = {}): BehaviourPorts {
  return {
    clock: createManualClock(),
    random: () => 0,
    limits: { maxDelaySeconds: 300 },
    ...given,
  };
}
