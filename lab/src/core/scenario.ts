import type { Route, Stream } from './plan.ts';
import type { Fault, FaultEdge, Incident, SystemSetup } from './system.ts';

const roles = ['unprotected', 'protected', 'wrong-fix', 'ablation', 'control', 'custom'] as const;
export type Role = (typeof roles)[number];

export type ConclusiveVerdict = 'DEMONSTRATED' | 'NOT DEMONSTRATED' | 'FIXED' | 'NOT FIXED';
export type Verdict = ConclusiveVerdict | 'INCONCLUSIVE' | 'SKIPPED';

/** Windows of an arm. `trigger` is all of the disturbance; `during` leaves out its fill time and its healing end. */
const phaseNames = ['warm-up', 'baseline', 'trigger', 'during', 'after'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** A metric over one phase and one route, a mechanism's counter, or the recovery time. */
export type MetricName = `${PhaseName}.${RouteMeasure}` | `mechanism.${string}` | 'recoverySeconds';
export const routeMeasures = [
  'goodputRatio',
  'answeredRatio',
  'errorRatio',
  'goodPerSecond',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'shedP99Ms',
] as const;
export type RouteMeasure = (typeof routeMeasures)[number];

/** A bound that follows from another measurement: `times` × metric + `plus`, of this arm or of another one. */
export interface RelativeBound {
  readonly times: number;
  readonly of: MetricName;
  readonly plus?: number;
  readonly arm?: string;
}

/** An inequality over measurements, written before the run. */
export interface Claim {
  readonly text: string;
  readonly metric: MetricName;
  /** Name of a route of the scenario; needed for metrics of a phase. */
  readonly route?: string;
  readonly comparison: '<=' | '>=' | '<' | '>';
  readonly bound: number | RelativeBound;
  readonly unit: 'ratio' | 'ms' | 's' | 'count' | '1/s' | 'bytes' | 'bytes/s';
  /** Shows that a part of the fix did something; meaningless, and left out, when the trigger is off. */
  readonly evidence?: boolean;
}

/** A number that shows whether the mechanism did it. */
export type MechanismMeasure = SampledMeasure | IncidentMeasure;

/** Reduces a metric of the services, or of the target itself, over a phase to one number. */
export interface SampledMeasure {
  readonly service: 'backend' | 'downstream' | 'target';
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * `increase`: of a counter over the phase, also across restarts; the others: of the samples inside the phase, summed
   * over replicas. `rate`: increase per second. `slope`: of the least-squares line, per second. `spread`: coefficient of variation of the replicas'
   * increases.
   */
  readonly reduce: 'mean' | 'max' | 'min' | 'increase' | 'rate' | 'slope' | 'spread';
  readonly over: PhaseName;
  /** The result is divided by the pool size of the arm, or by another mechanism measure. */
  readonly dividedBy?: 'poolSize' | (string & {});
}

/** Ends of processes in a phase: how many, or the seconds from the phase's start until the first. */
export interface IncidentMeasure {
  readonly incidents: Incident['reason'] | 'any';
  readonly exitCode?: number;
  readonly reduce: 'count' | 'firstSecond';
  readonly over: PhaseName;
  /** The result is divided by another mechanism measure. */
  readonly dividedBy?: string;
}

export type Protections = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** What differs from the scenario's set-up in an arm. */
export interface Arm {
  readonly role: Role;
  readonly declared: ConclusiveVerdict | null;
  /** One sentence for the reader: what this arm tries. */
  readonly summary: string;
  /** False: only run when asked for by `--arms` or `lab run`, not in the demo. */
  readonly inDemo: boolean;
  readonly system?: Partial<SystemSetup>;
  /** Names of the load's streams that run in this arm; absent: all. */
  readonly streams?: readonly string[];
  readonly trigger?: Trigger;
  readonly timeline?: Partial<Timeline>;
  readonly protections: Protections;
  readonly failureClaims: readonly Claim[];
  readonly healthClaims: readonly Claim[];
}

export type StreamSpec = Omit<
  Extract<Stream, { executor: 'constant-arrival-rate' }>,
  'name' | 'durationSeconds'
> & {
  /** `trigger`: it begins and ends with the trigger, and is part of it. */
  readonly when?: 'always' | 'trigger';
};

/**
 * A disturbance with a marked start and end. Where nothing but `durationSeconds` is set, the streams that run `when:
 * 'trigger'` are the disturbance.
 */
export interface Trigger {
  readonly durationSeconds: number;
  /** The downstream behaves like this, then normally again. */
  readonly behaviour?: Readonly<Record<string, number | string | boolean>>;
  /** The edge suffers this, then nothing. */
  readonly fault?: Fault & { readonly edge: FaultEdge };
  /** The backend is brought to so many replicas, and stays there. */
  readonly replicas?: number;
}

export interface Timeline {
  readonly warmUpSeconds: number;
  readonly baselineSeconds: number;
  /** `during` starts this much after the trigger: the time that a queue or a pool needs to fill. */
  readonly fillSeconds: number;
  /** Length of `during` where there is no trigger. */
  readonly steadySeconds: number;
  readonly afterSeconds: number;
}

export interface Story {
  readonly watch: string;
  readonly production: string;
  readonly resembles: string;
}

/** Requests to a quiet, unlimited service whose answers tell what work costs here, and what follows from that. */
export interface Calibration {
  readonly probes: Readonly<Record<string, CalibrationProbe>>;
  /** `readings`: the median of each probe. */
  readonly apply: (
    readings: Readonly<Record<string, number>>,
    machine: { readonly cores: number },
  ) => Pick<Scenario, 'routes' | 'load'>;
}

export interface CalibrationProbe {
  readonly path: string;
  /** The number of the answer's JSON that is read, for example `cpuTimeMs`. */
  readonly field: string;
}

/** One experiment, as data and pure functions. The file's name is its name. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly story: Story;
  readonly needs: readonly string[];
  readonly system: SystemSetup;
  readonly routes: Readonly<Record<string, Route>>;
  readonly load: Readonly<Record<string, StreamSpec>>;
  readonly timeline: Timeline;
  /** What has to be measured on this machine before the load can be stated. */
  readonly calibration?: Calibration;
  readonly trigger: Trigger | null;
  readonly mechanism: Readonly<Record<string, MechanismMeasure>>;
  readonly arms: Readonly<Record<string, Arm>>;
}

/** Does the arm's configuration hold something that is meant to help? It decides which pair of verdicts applies. */
export function hasFix(role: Role): boolean {
  return role !== 'unprotected' && role !== 'control';
}
