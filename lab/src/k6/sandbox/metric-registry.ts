import { builtinMetrics, type MetricDefinition, type MetricType } from '../metric.ts';

const legalName = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/;

/** The metrics of a run: every VU declares the same ones, the first declaration of a name counts. */
export class MetricRegistry {
  readonly #metrics = new Map(builtinMetrics.map((metric) => [metric.name, metric]));
  readonly #onMetric: (definition: MetricDefinition) => void;

  constructor(onMetric: (definition: MetricDefinition) => void) {
    this.#onMetric = onMetric;
  }

  /** Says what is wrong with a declaration; nothing where it is right. */
  declare(name: string, type: MetricType, isTime: boolean): string {
    const contains = isTime ? 'time' : 'default';
    if (!legalName.test(name))
      return `"${name}" is no name of a metric: legal are at most 128 letters, digits and _, beginning with no digit`;
    const known = this.#metrics.get(name);
    if (known === undefined) {
      const definition: MetricDefinition = { name, type, contains };
      this.#metrics.set(name, definition);
      this.#onMetric(definition);
      return '';
    }
    if (known.type !== type)
      return `the metric "${name}" is a ${known.type} already, it cannot be a ${type} as well`;
    if (known.contains !== contains)
      return `the metric "${name}" holds values of type ${known.contains} already, not ${contains}`;
    return '';
  }

  typeOf(name: string): MetricType | undefined {
    return this.#metrics.get(name)?.type;
  }
}
