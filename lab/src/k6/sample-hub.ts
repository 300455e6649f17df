import type { MetricDefinition, Sample, SampleListener } from './metric.ts';

/** Hands metrics and samples to all listeners; one that comes late hears of the metrics that are known already. */
export class SampleHub implements SampleListener {
  readonly #listeners: SampleListener[] = [];
  readonly #definitions = new Map<string, MetricDefinition>();

  add(listener: SampleListener): void {
    for (const definition of this.#definitions.values()) listener.onMetric(definition);
    this.#listeners.push(listener);
  }

  readonly onMetric = (definition: MetricDefinition): void => {
    this.#definitions.set(definition.name, definition);
    for (const listener of this.#listeners) listener.onMetric(definition);
  };

  readonly onSamples = (samples: readonly Sample[]): void => {
    for (const listener of this.#listeners) listener.onSamples(samples);
  };
}
