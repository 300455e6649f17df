import type { ScenarioConfiguration, Stage } from '../configuration.ts';
import type { Executor } from '../executor.ts';
import { OptionsReader } from '../options-reader.ts';

export type ExecutorName = ScenarioConfiguration['executor'];
export type ScenarioOf<Name extends ExecutorName> = Extract<ScenarioConfiguration, { executor: Name }>;

/** What all scenarios have is read elsewhere. */
export type OwnFields<Name extends ExecutorName> = Omit<
  ScenarioOf<Name>,
  'name' | 'executor' | 'startTimeMs' | 'gracefulStopMs' | 'exec' | 'env' | 'tags'
>;

/** VUs that must be there from one time of the scenario to another. */
export interface VuNeed {
  readonly startMs: number;
  readonly endMs: number;
  readonly vus: number;
}

/** All that the runner knows of an executor. One file each in this folder; executors.ts lists them. */
export interface ExecutorDefinition<Name extends ExecutorName> {
  /** Reads the fields that are this executor's own; faults are noted in the reader. */
  read(reader: OptionsReader): OwnFields<Name>;
  /** The same fields in k6's spelling, for `exec.test.options`. */
  show(scenario: ScenarioOf<Name>): Readonly<Record<string, unknown>>;
  /** What it will do, in k6's words, then details; without the times that all scenarios have. */
  describe(scenario: ScenarioOf<Name>): readonly string[];
  /** The time in which iterations may begin, from the scenario's start. */
  regularMs(scenario: ScenarioOf<Name>): number;
  /** VUs to make before the run, over the time of the scenario. */
  needs(scenario: ScenarioOf<Name>): readonly VuNeed[];
  /** Most VUs at once that it may come to. */
  mostVus(scenario: ScenarioOf<Name>): number;
  readonly run: Executor<Name>;
}

export function readStages(reader: OptionsReader): readonly Stage[] {
  return reader.objects('stages').map((stage, index) => {
    const fields = new OptionsReader(stage, `${reader.fieldOf('stages')}[${index}]`, reader.faults);
    return {
      durationMs: fields.durationMs('duration', undefined),
      target: fields.whole('target', { least: 0 }),
    };
  });
}

export function stagesMs(stages: readonly Stage[]): number {
  return stages.reduce((total, { durationMs }) => total + durationMs, 0);
}

/** The same number of VUs from start to the end of the grace period. */
export function constantNeed(regularMs: number, gracefulStopMs: number, vus: number): readonly VuNeed[] {
  return [{ startMs: 0, endMs: regularMs + gracefulStopMs, vus }];
}
