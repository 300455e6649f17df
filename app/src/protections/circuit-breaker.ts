import { Type, type Static } from 'typebox';
import { Problem } from '../errors.ts';
import { createSlidingWindow } from '../kernel/sliding-window.ts';
import { defineProtection, type Layer, type ProtectionContext } from './protection.ts';

const settings = Type.Object({
  failureRatio: Type.Number({ minimum: 0.01, maximum: 1, default: 0.5 }),
  minimumCalls: Type.Integer({ minimum: 1, maximum: 10_000, default: 5 }),
  windowSeconds: Type.Number({ minimum: 0.1, maximum: 600, default: 1 }),
  openSeconds: Type.Number({ minimum: 0.1, maximum: 600, default: 2 }),
  halfOpenCalls: Type.Integer({ minimum: 1, maximum: 1000, default: 1 }),
});

const events = ['opened', 'half-opened', 'closed', 'rejected'] as const;
type Context = ProtectionContext<(typeof events)[number]>;

/**
 * Stops calling a downstream that fails: opens when at least minimumCalls calls ended within windowSeconds and at
 * least failureRatio of them failed; rejects at once for openSeconds; then lets halfOpenCalls probes through, and
 * closes when all of them succeed or opens again at the first that fails.
 * A call ended by its caller counts neither way. It sits outside `retry`: one call counts once.
 * Sources: M. Nygard, "Release It!", pattern "Circuit Breaker"; resilience4j documentation, "CircuitBreaker".
 * The times are short against the defaults of libraries (10–60 s): an experiment lasts a minute.
 */
export const circuitBreaker = defineProtection({
  name: 'circuit-breaker',
  edge: 'downstream-call',
  layer: 'breaking',
  summary:
    'Rejects downstream calls at once while most of the recent ones failed, and probes before it closes.',
  settings,
  events,
  gauges: [{ name: 'lab_circuit_breaker_state', help: '0 closed (or off), 1 half-open, 2 open.' }],
  create: (values, context): Layer => createBreaker(values, context),
});

type State = 'closed' | 'half-open' | 'open';
const STATE_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

function createBreaker(values: Static<typeof settings>, { clock, emit }: Context): Layer {
  const window = createSlidingWindow(values.windowSeconds * 1000, clock);
  let state: State = 'closed';
  /** Counts changes of state: an outcome of a call that began under an earlier state is not counted. */
  let generation = 0;
  let openedAtMs = 0;
  let probesLeft = 0;
  let probesSucceeded = 0;

  const change = (next: State, event: (typeof events)[number]): void => {
    state = next;
    generation += 1;
    emit(event);
  };
  const open = (): void => {
    openedAtMs = clock.nowMs();
    change('open', 'opened');
  };
  const reject = (): never => {
    emit('rejected');
    const waitSeconds =
      state === 'open' ? Math.max(0, values.openSeconds - (clock.nowMs() - openedAtMs) / 1000) : 1;
    throw new Problem('CIRCUIT_OPEN', `the breaker is ${state}`, { retryAfterSeconds: waitSeconds });
  };
  const enter = (): void => {
    if (state === 'open') {
      if (clock.nowMs() - openedAtMs < values.openSeconds * 1000) reject();
      probesLeft = values.halfOpenCalls;
      probesSucceeded = 0;
      change('half-open', 'half-opened');
    }
    if (state !== 'half-open') return;
    if (probesLeft === 0) reject();
    probesLeft -= 1;
  };
  const recordClosed = (succeeded: boolean): void => {
    window.record(succeeded);
    const counts = window.counts();
    const total = counts.succeeded + counts.failed;
    if (succeeded || total < values.minimumCalls || counts.failed / total < values.failureRatio) return;
    open();
  };
  const recordProbe = (succeeded: boolean): void => {
    if (!succeeded) {
      open();
      return;
    }
    probesSucceeded += 1;
    if (probesSucceeded < values.halfOpenCalls) return;
    window.clear();
    change('closed', 'closed');
  };
  const leave = (begunIn: number, outcome: 'succeeded' | 'failed' | 'abandoned'): void => {
    if (begunIn !== generation) return;
    if (outcome === 'abandoned') {
      if (state === 'half-open') probesLeft += 1;
    } else if (state === 'closed') recordClosed(outcome === 'succeeded');
    else recordProbe(outcome === 'succeeded');
  };

  return {
    gauges: { lab_circuit_breaker_state: () => STATE_VALUE[state] },
    async execute(work, call) {
      enter();
      const begunIn = generation;
      try {
        const result = await work(call);
        leave(begunIn, 'succeeded');
        return result;
      } catch (error) {
        leave(begunIn, call.signal.aborted ? 'abandoned' : 'failed');
        throw error;
      }
    },
  };
}
