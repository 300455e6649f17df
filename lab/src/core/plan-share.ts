import { type LoadPlan, type Schedule, toSchedule } from './plan.ts';

/** One of `count` parts of the load of a plan, for one of as many generators. */
export interface Share {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** What one generator needs to know to send its share. */
export interface PlanShare {
  /** The plan with this generator's part of its limits. */
  readonly plan: LoadPlan;
  /** Its requests only, at the times that the whole plan gives them. */
  readonly schedule: Schedule;
}

/**
 * Deals the requests of the whole schedule in turn, so that all shares together are the plan, whatever its arrivals.
 * With `connections` they are dealt to the connections, and these to the generators: each of them has requests as it
 * has connections, and where there are fewer connections than generators, some have neither.
 */
export function toShare(plan: LoadPlan, share: Share): PlanShare {
  const { startsMs, routeIndexes } = toSchedule(plan);
  const { connections } = plan;
  const seats = connections ?? share.count;
  const all = Uint32Array.from(startsMs.keys());
  const places = all.filter((place) => (place % seats) % share.count === share.index);
  return {
    plan: {
      ...plan,
      inFlightLimit: partOfLimit(plan.inFlightLimit, seats, share),
      ...(connections !== undefined && { connections: seatsOf(seats, share) }),
    },
    schedule: {
      startsMs: Float64Array.from(places, (place) => startsMs[place] ?? 0),
      routeIndexes: Uint16Array.from(places, (place) => routeIndexes[place] ?? 0),
      places,
    },
  };
}

function seatsOf(seats: number, { index, count }: Share): number {
  return Math.floor((seats - index + count - 1) / count);
}

/** As many of the requests in flight as it has seats; rounded so that the sum of all parts is the limit. */
function partOfLimit(limit: number, seats: number, share: Share): number {
  let before = 0;
  for (let index = 0; index < share.index; index += 1) before += seatsOf(seats, { ...share, index });
  const after = before + seatsOf(seats, share);
  return Math.floor((limit * after) / seats) - Math.floor((limit * before) / seats);
}
