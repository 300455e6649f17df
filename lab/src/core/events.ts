import type { ArmResult, ArmSetup, Environment, ScenarioResult } from './document.ts';
import type { OutcomeCounts } from './outcome.ts';
import type { Incident } from './system.ts';
import type { Role, Story, Verdict } from './scenario.ts';

/** Where in a run an event belongs. `attempt` is 1, or 2 after an INCONCLUSIVE one. */
export interface ArmRef {
  readonly scenario: string;
  readonly arm: string;
  readonly attempt: number;
}

/** A window of the plan in seconds from its start, end excluded. */
export interface Window {
  readonly startSecond: number;
  readonly endSecond: number;
}

/** One second of the load, by intended start. Histograms are HdrHistogram V2, base64, in µs. */
export interface LoadSecond {
  readonly second: number;
  readonly routes: Readonly<
    Record<
      string,
      {
        readonly offered: number;
        readonly outcomes: OutcomeCounts;
        readonly latencies: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly lateness: string;
  readonly planned: number;
  readonly sent: number;
  readonly utilisationRatio: number;
}

/** All metrics of one replica at one moment, by their name with sorted labels; null: the scrape failed (a gap). */
export interface Sample {
  /** `target`: what limits, supervisor and balancer know. */
  readonly service: 'backend' | 'downstream' | 'target';
  readonly replica: string;
  /** Seconds from the plan's start. */
  readonly atSecond: number;
  readonly metrics: Readonly<Record<string, number>> | null;
}

/** The end of a process, in seconds from the plan's start. */
export interface RecordedIncident extends Omit<Incident, 'monotonicMs'> {
  readonly atSecond: number;
}

export interface ScenarioHeader {
  readonly name: string;
  readonly question: string;
  readonly story: Story;
  readonly arms: readonly { readonly name: string; readonly role: Role; readonly declared: Verdict | null }[];
}

/** Everything that happens in a run, in order; a recording of these is enough to make every report again. */
export type LabEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly seed: number;
      readonly target: string;
      readonly driver: string;
      /** How many programs make the load together; absent where the driver is one. */
      readonly generators?: number;
      readonly startedAt: string;
      readonly command: string;
      readonly environment: Environment;
      readonly scenarios: readonly ScenarioHeader[];
    }
  | (ArmRef & {
      readonly type: 'arm-started';
      readonly role: Role;
      readonly summary: string;
      readonly declared: Verdict | null;
      readonly setup: ArmSetup;
      /** Windows by phase name; `trigger` is absent where there is none. */
      readonly phases: Readonly<Record<string, Window>>;
      /** Seconds of load that the arm will take. */
      readonly loadSeconds: number;
    })
  | {
      readonly type: 'calibrated';
      readonly scenario: string;
      /** The medians of the scenario's probes. */
      readonly readings: Readonly<Record<string, number>>;
    }
  | (ArmRef & { readonly type: 'load-started' })
  | (ArmRef & { readonly type: 'phase-started'; readonly phase: string })
  | (ArmRef & { readonly type: 'load-second'; readonly load: LoadSecond })
  | (ArmRef & { readonly type: 'sample'; readonly sample: Sample })
  | (ArmRef & { readonly type: 'incident'; readonly incident: RecordedIncident })
  | (ArmRef & { readonly type: 'arm-finished'; readonly result: ArmResult })
  | { readonly type: 'scenario-finished'; readonly scenario: Omit<ScenarioResult, 'arms'> }
  | { readonly type: 'run-finished'; readonly durationSeconds: number };

export type EventListener = (event: LabEvent) => void;
