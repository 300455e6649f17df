import type { PhaseName, SampledMeasure } from './scenario.ts';

/** A gauge of the backend, reduced over the trigger without its fill and its end. */
export function backendGauge(
  metric: string,
  reduce: SampledMeasure['reduce'],
  over: PhaseName = 'during',
): SampledMeasure {
  return { service: 'backend', metric, reduce, over };
}

/** How much a counter of the backend grew over the whole trigger. */
export function backendIncrease(metric: string, labels?: SampledMeasure['labels']): SampledMeasure {
  return { service: 'backend', metric, ...(labels && { labels }), reduce: 'increase', over: 'trigger' };
}

/** How often a protection did something in the trigger; without `event`: whatever it did. */
export function protectionEvents(protection: string, event?: string): SampledMeasure {
  return backendIncrease('lab_protection_events_total', { protection, ...(event && { event }) });
}

/** What the target itself knows: limits, supervisor, balancer, autoscaler. */
export function targetReading(
  metric: string,
  reduce: SampledMeasure['reduce'],
  over: PhaseName = 'during',
): SampledMeasure {
  return { service: 'target', metric, reduce, over };
}
