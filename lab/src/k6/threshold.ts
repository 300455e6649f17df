import {
  type Aggregation,
  type AggregationMethod,
  parseAggregation,
  thresholdMethods,
} from './aggregation.ts';
import type { ThresholdConfiguration } from './configuration.ts';
import { K6Error, k6ExitCodes } from './exit-code.ts';
import type { MetricType } from './metric.ts';

const operators = {
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '==': (value: number, bound: number) => value === bound,
  '===': (value: number, bound: number) => value === bound,
  '!=': (value: number, bound: number) => value !== bound,
} as const;

type Operator = keyof typeof operators;

/** `<aggregation method> <operator> <value>` */
const grammar =
  /^\s*(?<method>[a-z]+(?:\([^)]*\))?)\s*(?<operator><=?|>=?|={2,3}|!=)\s*(?<bound>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*$/i;

export interface Threshold extends ThresholdConfiguration {
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly bound: number;
}

/** @throws K6Error 104 for what is no expression; `checkMethod` follows when the metric's type is known. */
export function parseThreshold(key: string, configuration: ThresholdConfiguration): Threshold {
  const parts = grammar.exec(configuration.threshold)?.groups;
  const aggregation = parseAggregation(parts?.['method'] ?? '');
  if (parts === undefined || aggregation === null) throw badExpression(key, configuration.threshold);
  return {
    ...configuration,
    aggregation,
    operator: parts['operator'] as Operator,
    bound: Number(parts['bound']),
  };
}

/** @throws K6Error 104 with the methods that a metric of this type has. */
export function checkMethod(key: string, { threshold, aggregation }: Threshold, type: MetricType): void {
  const legal: readonly AggregationMethod[] = thresholdMethods[type];
  if (legal.includes(aggregation.method)) return;
  throw new K6Error(
    k6ExitCodes.invalidConfiguration,
    `thresholds: "${threshold}" does not fit "${key}": a ${type} has ${legal.join(', ')}`,
  );
}

export function isMet({ operator, bound }: Threshold, measured: number): boolean {
  return operators[operator](measured, bound);
}

function badExpression(key: string, expression: string): K6Error {
  return new K6Error(
    k6ExitCodes.invalidConfiguration,
    `thresholds: "${expression}" of "${key}" is no threshold: write <method> <operator> <number>, ` +
      `such as "p(95)<500"; methods: avg, min, med, max, p(0) to p(100), count, rate, value; ` +
      `operators: ${Object.keys(operators).join(' ')}`,
  );
}
