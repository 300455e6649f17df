import type { ArmRef, LabEvent, LoadSecond, Sample, Window } from '../core/events.ts';
import { outcomes } from '../core/outcome.ts';
import { percentilesMs } from '../core/percentiles.ts';
import { type ParsedSeriesKey, parseSeriesKey } from '../core/series-key.ts';
import { runMetrics } from './run-metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** What outputs give to other programs: one metric of a run at one moment. */
export interface RunPoint {
  readonly metric: string;
  /** A counter's value is its increase since the point before. What services say of themselves is a gauge, as read. */
  readonly kind: 'counter' | 'gauge';
  readonly labels: Labels;
  /** Null: there is no value now, such as the latency of no requests. */
  readonly value: number | null;
  readonly timestampMs: number;
}

/**
 * A fold over the events of one run that gives the points of each event. `epochMs` is asked when a load starts and when
 * an arm ends; all other times are those of the plan: what is said of a second lies at its end, however late it is known.
 */
export function createRunPoints(epochMs: () => number): (event: LabEvent) => readonly RunPoint[] {
  const arms = new Map<string, ArmState>();
  const parse = remembered(parseSeriesKey);
  let run = '';
  const placeFor = ({ scenario, arm, attempt }: ArmRef, timestampMs: number): Place => {
    const labels = { run, scenario, arm, attempt: String(attempt) };
    return (metric, own, value) => ({
      metric,
      kind: runMetrics[metric].kind,
      labels: { ...labels, ...own },
      value,
      timestampMs: Math.round(timestampMs),
    });
  };
  return (event) => {
    if (event.type === 'run-started') run = event.runId;
    if (event.type === 'arm-started') arms.set(keyOf(event), toArmState(event));
    if (event.type === 'arm-finished') {
      const { verdict, declared } = event.result;
      return [placeFor(event, epochMs())('lab_arm_verdict', { verdict, declared: declared ?? '' }, 1)];
    }
    const arm = 'arm' in event ? arms.get(keyOf(event)) : undefined;
    if (arm === undefined) return [];
    if (event.type === 'load-started') {
      arm.startMs = epochMs();
      return countersOf(arm, null, placeFor(event, arm.startMs));
    }
    if (event.type === 'load-second') {
      const endMs = arm.startMs + (event.load.second + 1) * 1000;
      return pointsOfSecond(arm, event.load, placeFor(event, endMs));
    }
    if (event.type !== 'sample') return [];
    const atMs = arm.startMs + event.sample.atSecond * 1000;
    return pointsOfSample(event.sample, placeFor(event, atMs), parse);
  };
}

/** What tells one attempt of an arm from all others of a run. */
export function keyOf({ scenario, arm, attempt }: ArmRef): string {
  return `${scenario}\n${arm}\n${attempt}`;
}

type Place = (metric: keyof typeof runMetrics, labels: Labels, value: number | null) => RunPoint;

interface ArmState {
  readonly phases: Readonly<Record<string, Window>>;
  readonly routes: Set<string>;
  startMs: number;
}

function toArmState({ phases, setup }: Extract<LabEvent, { type: 'arm-started' }>): ArmState {
  return { phases, routes: new Set(Object.keys(setup.deadlineMs)), startMs: 0 };
}

/** All counters of the load, those that did not grow as well: a growth can only be told where a counter was before. */
function countersOf(arm: ArmState, load: LoadSecond | null, place: Place): RunPoint[] {
  return [
    ...[...arm.routes].flatMap((route) =>
      outcomes.map((outcome) =>
        place('lab_load_requests_total', { route, outcome }, load?.routes[route]?.outcomes[outcome] ?? 0),
      ),
    ),
    place('lab_load_planned_requests_total', {}, load?.planned ?? 0),
    place('lab_load_sent_requests_total', {}, load?.sent ?? 0),
  ];
}

function pointsOfSecond(arm: ArmState, load: LoadSecond, place: Place): RunPoint[] {
  for (const route of Object.keys(load.routes)) arm.routes.add(route);
  return [
    ...countersOf(arm, load, place),
    ...[...arm.routes].flatMap((route) =>
      quantilesOf(Object.values(load.routes[route]?.latencies ?? {}), (quantile, seconds) =>
        place('lab_load_request_duration_seconds', { route, quantile }, seconds),
      ),
    ),
    ...quantilesOf([load.lateness], (quantile, seconds) =>
      place('lab_load_lateness_seconds', { quantile }, seconds),
    ),
    place('lab_load_driver_utilisation_ratio', {}, load.utilisationRatio),
    ...Object.entries(arm.phases).map(([phase, { startSecond, endSecond }]) =>
      place('lab_phase', { phase }, load.second >= startSecond && load.second < endSecond ? 1 : 0),
    ),
  ];
}

const quantiles = ['0.5', '0.95', '0.99'];
const percentiles = quantiles.map((quantile) => Number(quantile) * 100);

function quantilesOf(
  histograms: readonly string[],
  toPoint: (quantile: string, seconds: number | null) => RunPoint,
): RunPoint[] {
  const values = percentilesMs(histograms, percentiles);
  return quantiles.map((quantile, index) => {
    const ms = values[index] ?? null;
    return toPoint(quantile, ms === null ? null : ms / 1000);
  });
}

function pointsOfSample(
  { service, replica, metrics }: Sample,
  place: Place,
  parse: (key: string) => ParsedSeriesKey,
): RunPoint[] {
  const up = place('up', { job: service, instance: replica }, metrics === null ? 0 : 1);
  const readings = Object.entries(metrics ?? {}).map(([key, value]): RunPoint => {
    const { name, labels } = parse(key);
    return { ...up, metric: name, labels: { ...renamed(labels, up.labels), ...up.labels }, value };
  });
  return [up, ...readings];
}

/** As Prometheus does when it scrapes: a label of the service that is named as one of ours gets a prefix. */
function renamed(labels: Labels, ours: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name in ours ? `exported_${name}` : name, value]),
  );
}

/** The same few hundred keys come every second. */
function remembered<Value>(compute: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
