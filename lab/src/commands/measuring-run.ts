import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunDocument } from '../core/document.ts';
import type { EventListener, LabEvent } from '../core/events.ts';
import { startRecorder } from '../events/recorder.ts';
import { runExperiment } from '../experiment/run.ts';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { isComplete, toRunDocument } from '../report/fold.ts';
import { createDriver, type DriverChoice } from './drivers.ts';
import { describeEnvironment } from './environment.ts';
import type { Host } from './host.ts';
import { checkCustomArm } from './preflight.ts';
import type { Selection } from './selection.ts';
import { createTarget, type TargetName } from './targets.ts';

export interface MeasuringRun {
  readonly runId: string;
  /** Where the run's files go; must not exist yet. */
  readonly folder: string;
  readonly selections: readonly Selection[];
  readonly seed: number;
  readonly withTrigger: boolean;
  readonly target: TargetName;
  readonly driver: DriverChoice;
  readonly databaseUrl: string | undefined;
  /** The command that repeats this run, for the report. */
  readonly command: string;
  readonly onEvent: EventListener;
  /** One line for the person at the terminal. */
  readonly log: (line: string) => void;
}

/**
 * Boots the target, runs the selection, and leaves `run.json`, `events.ndjson`, `report.html` and `logs/` in the
 * folder; of a run that was stopped or failed, all but `run.json`, with what there was. Nothing is left running.
 */
export async function measure(host: Host, run: MeasuringRun): Promise<RunDocument> {
  mkdirSync(run.folder, { recursive: true });
  const events: LabEvent[] = [];
  const recorder = await startRecorder(run.folder, (error) => run.log(error.message));
  const emit: EventListener = (event) => {
    events.push(event);
    recorder.listener(event);
    run.onEvent(event);
  };
  const target = createTarget(host, run);
  try {
    await target.prepare(host.signal);
    await checkCustomArm(target, run.selections, {
      signal: host.signal,
      logFolder: join(run.folder, 'logs', 'preflight'),
    });
    await runExperiment({
      runId: run.runId,
      seed: run.seed,
      command: run.command,
      environment: await describeEnvironment(host, await target.describe()),
      scenarios: run.selections,
      withTrigger: run.withTrigger,
      target,
      driver: createDriver(host, target, run.driver),
      clock: host.clock,
      machine: host.machine,
      http: host.http,
      signal: host.signal,
      logFolderOf: (scenario, arm, attempt) =>
        join(run.folder, 'logs', `${scenario}.${arm}${attempt === 1 ? '' : `.${attempt}`}`),
      emit,
    });
  } finally {
    await target.close();
    await recorder.close();
    if (events.length > 0) writeReports(run.folder, events);
    else rmSync(run.folder, { recursive: true });
  }
  return toRunDocument(events);
}

/** Only a run that came to its end has a `run.json`; of one that was stopped there is a report of what there was. */
function writeReports(folder: string, events: readonly LabEvent[]): void {
  const document = toRunDocument(events);
  if (isComplete(events)) writeFileSync(join(folder, 'run.json'), renderJson(document));
  writeFileSync(join(folder, 'report.html'), renderHtml(document, events));
}

/** `--database-url`, else `LAB_DATABASE_URL`; never the user's `DATABASE_URL`, which may be precious. */
export function databaseUrlOf(host: Host, option: string | undefined): string | undefined {
  return option ?? host.environment['LAB_DATABASE_URL'];
}
