import type { StreamSpec } from './scenario.ts';

/** Evenly spaced requests of a route, as k6's `constant-arrival-rate` makes them, from the first second to the last. */
export function steady(route: string, rate: number): StreamSpec {
  return {
    executor: 'constant-arrival-rate',
    route,
    rate,
    timeUnitSeconds: 1,
    startTimeSeconds: 0,
    arrival: 'even',
  };
}

/** Requests that begin and end with the trigger, and are the disturbance or a part of it. */
export function inTrigger(route: string, rate: number, arrival: StreamSpec['arrival'] = 'even'): StreamSpec {
  return { ...steady(route, rate), arrival, when: 'trigger' };
}
