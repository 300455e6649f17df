import { setMaxListeners } from 'node:events';
import { Type } from 'typebox';
import type { Call, Work } from '../kernel/call.ts';
import { orAborted, reasonOf } from '../kernel/clock.ts';
import { defineProtection, type ProtectionContext } from './protection.ts';

/**
 * Loads the value of a key once, however many want it at the same time: the first caller loads, the others wait for
 * what it gets, an error too. Nobody owns the load: each caller leaves with its own signal, and the load ends early
 * only when all have left.
 * Per process: of several replicas each loads once. Source: Go, golang.org/x/sync/singleflight.
 */
export const singleFlight = defineProtection({
  name: 'single-flight',
  edge: 'cache-read',
  layer: 'isolation',
  summary:
    'Makes the value of a key once at a time; whoever else wants it meanwhile waits for the same value.',
  settings: Type.Object({}),
  events: ['loaded', 'shared', 'abandoned'],
  create(_settings, { emit }) {
    const flights = new Map<string, Flight>();

    return {
      async load<T>(key: string, work: Work<T>, call: Call): Promise<T> {
        if (call.signal.aborted) throw reasonOf(call.signal);
        let flight = flights.get(key);
        emit(flight === undefined ? 'loaded' : 'shared');
        flight ??= takeOff(flights, key, work, call);
        return join(flights, key, flight, call, emit) as Promise<T>;
      },
    };
  },
});

interface Flight {
  readonly controller: AbortController;
  readonly outcome: Promise<unknown>;
  passengers: number;
}

type Emit = ProtectionContext<'loaded' | 'shared' | 'abandoned'>['emit'];

/** The load runs on behalf of all: it has a signal of its own, and nothing of the request that came first but its route. */
function takeOff(flights: Map<string, Flight>, key: string, work: Work<unknown>, { route }: Call): Flight {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const outcome = Promise.resolve()
    .then(() => work({ route, signal: controller.signal }))
    .finally(() => remove(flights, key, flight));
  // When all have left, nobody waits for it any more.
  outcome.catch(() => {});
  const flight: Flight = { controller, outcome, passengers: 0 };
  flights.set(key, flight);
  return flight;
}

async function join(
  flights: Map<string, Flight>,
  key: string,
  flight: Flight,
  call: Call,
  emit: Emit,
): Promise<unknown> {
  flight.passengers += 1;
  try {
    return await orAborted(call.signal, () => flight.outcome);
  } finally {
    flight.passengers -= 1;
    if (flight.passengers === 0 && flights.get(key) === flight) {
      emit('abandoned');
      remove(flights, key, flight);
      flight.controller.abort(reasonOf(call.signal));
    }
  }
}

/** Only itself: after it was abandoned, another one may be under way. */
function remove(flights: Map<string, Flight>, key: string, flight: Flight): void {
  if (flights.get(key) === flight) flights.delete(key);
}
