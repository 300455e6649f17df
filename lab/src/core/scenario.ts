import type { Route, Stream } from './plan.ts';

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
  readonly unit: 'ratio' | 'ms' | 's' | 'count' | '1/s';
  /** Shows that a part of the fix did something; meaningless, and left out, when the trigger is off. */
  readonly evidence?: boolean;
}

/** Reduces a metric of the services over a phase to one number. */
export interface MechanismMeasure {
  readonly service: 'backend' | 'downstream';
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `increase`: of a counter over the phase; the others: of the samples inside the phase. */
  readonly reduce: 'mean' | 'max' | 'min' | 'increase';
  readonly over: PhaseName;
  /** The result is divided by the pool size of the arm, or by another mechanism measure. */
  readonly dividedBy?: 'poolSize' | (string & {});
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
  readonly poolSize?: number;
  readonly protections: Protections;
  readonly failureClaims: readonly Claim[];
  readonly healthClaims: readonly Claim[];
}

export type StreamSpec = Omit<
  Extract<Stream, { executor: 'constant-arrival-rate' }>,
  'name' | 'durationSeconds'
>;

/** A disturbance with a marked start and end: the downstream behaves like this, then normally again. */
export interface Trigger {
  readonly durationSeconds: number;
  readonly behaviour: Readonly<Record<string, number | string | boolean>>;
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

/** One experiment, as data and pure functions. The file's name is its name. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly story: Story;
  readonly needs: readonly string[];
  readonly system: {
    readonly replicas: number;
    readonly poolSize: number;
    readonly downstreamDelayMs: number;
    readonly backendEnvironment: Readonly<Record<string, string>>;
  };
  readonly routes: Readonly<Record<string, Route>>;
  readonly load: Readonly<Record<string, StreamSpec>>;
  readonly timeline: Timeline;
  readonly trigger: Trigger | null;
  readonly mechanism: Readonly<Record<string, MechanismMeasure>>;
  readonly arms: Readonly<Record<string, Arm>>;
}

/** A faulty scenario is an error at start, with every fault at once. */
export function defineScenario(scenario: Scenario): Scenario {
  const faults = faultsOf(scenario);
  if (faults.length > 0) throw new Error(`scenario ${scenario.name}: ${faults.join('; ')}`);
  return scenario;
}

/** Does the arm's configuration hold something that is meant to help? It decides which pair of verdicts applies. */
export function hasFix(role: Role): boolean {
  return role !== 'unprotected' && role !== 'control';
}

function faultsOf(scenario: Scenario): string[] {
  const faults: string[] = [];
  for (const [name, stream] of Object.entries(scenario.load)) {
    if (scenario.routes[stream.route] === undefined) faults.push(`load ${name}: no route ${stream.route}`);
  }
  for (const [name, arm] of Object.entries(scenario.arms)) {
    if (arm.declared !== null && arm.failureClaims.length + arm.healthClaims.length === 0)
      faults.push(`arm ${name}: a declared verdict needs claims`);
    for (const claim of [...arm.failureClaims, ...arm.healthClaims]) {
      for (const fault of claimFaults(scenario, claim))
        faults.push(`arm ${name}, claim "${claim.text}": ${fault}`);
    }
  }
  return faults;
}

function claimFaults(scenario: Scenario, claim: Claim): string[] {
  const relative = typeof claim.bound === 'number' ? [] : [claim.bound.of];
  const faults = [claim.metric, ...relative].flatMap((metric) => {
    const [scope = '', name = ''] = metric.split('.');
    if (scope === 'mechanism')
      return scenario.mechanism[name] === undefined ? [`no mechanism measure ${name}`] : [];
    if (metric === 'recoverySeconds') return [];
    return claim.route === undefined || scenario.routes[claim.route] === undefined ? ['needs a route'] : [];
  });
  const arm = typeof claim.bound === 'number' ? undefined : claim.bound.arm;
  if (arm !== undefined && scenario.arms[arm] === undefined) faults.push(`no arm ${arm}`);
  return faults;
}
