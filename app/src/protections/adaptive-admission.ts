import { Type, type Static } from 'typebox';
import { Problem } from '../errors.ts';
import type { Cancel } from '../kernel/clock.ts';
import { defineProtection, type Layer, type ProtectionContext } from './protection.ts';

const TICK_MS = 10;
/** No single late tick counts for more, so one long pause does not close the door for long. */
const MOST_DECREASES_PER_TICK = 10;

const settings = Type.Object({
  targetLagMs: Type.Number({ minimum: 1, maximum: 10_000, default: 20 }),
  decreaseRatio: Type.Number({ minimum: 0.1, maximum: 0.99, default: 0.9 }),
  increaseRatio: Type.Number({ minimum: 0.001, maximum: 1, default: 0.02 }),
  minimumRatio: Type.Number({ minimum: 0, maximum: 1, default: 0.01 }),
});

/**
 * Admits a request with probability p, and steers p by how late a timer of 10 ms comes (additive increase,
 * multiplicative decrease): in time → p + increaseRatio; later than targetLagMs → p · decreaseRatio, once for each
 * targetLagMs that it is late. Once per tick would not do: the more the loop is overloaded the fewer ticks there are,
 * and at three times the capacity p never catches up with the queue.
 *
 * Why lag: when handlers keep the event loop busy, requests queue in the kernel, where no limit on requests in flight
 * sees them. A probability instead of on and off, because a switch sheds too much and then too little.
 * Sources: D. Chiu and R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance" (1989);
 * H. Zhou et al., "Overload Control for Scaling WeChat Microservices" (2018), whose signal is queueing time, too.
 */
export const adaptiveAdmission = defineProtection({
  name: 'adaptive-admission',
  edge: 'request',
  layer: 'admission',
  summary:
    'Turns away a share of the requests that grows while the event loop is later than targetLagMs, and shrinks else.',
  settings,
  events: ['rejected'],
  gauges: [{ name: 'lab_admission_ratio', help: 'Share of requests that is let in; 0 while it is off.' }],
  create: (values, context): Layer => createAdmission(values, context),
});

function createAdmission(
  { targetLagMs, decreaseRatio, increaseRatio, minimumRatio }: Static<typeof settings>,
  { clock, random, emit }: ProtectionContext<'rejected'>,
): Layer {
  let ratio = 1;
  const adapt = (lagMs: number): void => {
    if (lagMs > targetLagMs) {
      const decreases = Math.min(MOST_DECREASES_PER_TICK, lagMs / targetLagMs);
      ratio = Math.max(minimumRatio, ratio * decreaseRatio ** decreases);
    } else ratio = Math.min(1, ratio + increaseRatio);
  };
  let cancel: Cancel = () => {};
  const tick = (): void => {
    const dueMs = clock.nowMs() + TICK_MS;
    cancel = clock.schedule(TICK_MS, () => {
      adapt(clock.nowMs() - dueMs);
      tick();
    });
  };
  tick();

  return {
    gauges: { lab_admission_ratio: () => ratio },
    close: () => cancel(),
    async execute(work, call) {
      if (ratio < 1 && random() >= ratio) {
        emit('rejected');
        const detail = `the event loop is more than ${targetLagMs} ms late, ${Math.round(ratio * 100)} % of the requests are let in`;
        throw new Problem('OVERLOADED', detail, { retryAfterSeconds: 1 });
      }
      return work(call);
    },
  };
}
