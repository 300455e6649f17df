import type { Claim, MetricName, RouteMeasure } from './scenario.ts';

type Bound = Claim['bound'];

/** Marks a claim as showing that a part of a fix did something. */
export function evidence(claim: Claim): Claim {
  return { ...claim, evidence: true };
}

/** A claim about a route during the trigger; `text` is a whole sentence. */
export function during(
  route: string,
  measure: RouteMeasure,
  comparison: Claim['comparison'],
  bound: Bound,
  text: string,
): Claim {
  const unit = measure.endsWith('Ms') ? 'ms' : measure.endsWith('PerSecond') ? '1/s' : 'ratio';
  return { text, metric: `during.${measure}`, route, comparison, bound, unit };
}

/** A route is broken: it answers at most this share in time. `who`: as the sentence begins, for example "the cheap route". */
export function answersAtMost(route: string, share: number, who: string): Claim {
  const text = `${who} answers at most ${share * 100} % of its requests in time`;
  return during(route, 'goodputRatio', '<=', share, text);
}

/** A route is well: it answers at least this share in time. */
export function answersAtLeast(route: string, share: number, who: string): Claim {
  const text = `${who} answers at least ${share * 100} % of its requests in time`;
  return during(route, 'goodputRatio', '>=', share, text);
}

/** A claim about a counter of the mechanism. */
export function mechanism(
  name: string,
  comparison: Claim['comparison'],
  bound: Bound,
  text: string,
  unit: Claim['unit'] = 'count',
): Claim {
  const metric: MetricName = `mechanism.${name}`;
  return { text, metric, comparison, bound, unit };
}
