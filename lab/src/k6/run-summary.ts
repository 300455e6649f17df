import type { RunConfiguration } from './configuration.ts';
import type { MetricsEngine, SummaryData, ThresholdReport } from './engine.ts';
import type { Log } from './log.ts';
import { toSummaryExport } from './summary-export.ts';
import { textSummary } from './text-summary.ts';
import type { CallResult, JsonText } from './vu.ts';

/** Where a run writes to. */
export interface RunTerminal {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly isStdoutTerminal: boolean;
  readonly isStderrTerminal: boolean;
  readonly colour: boolean;
}

export interface SummaryOptions {
  readonly configuration: RunConfiguration;
  readonly engine: MetricsEngine;
  readonly elapsedMs: number;
  readonly thresholds: ThresholdReport;
  readonly setupData: JsonText | undefined;
  readonly terminal: RunTerminal;
  readonly log: Log;
  /** Calls the script's handleSummary; null where it has none. */
  readonly handleSummary: ((data: JsonText) => Promise<CallResult>) | null;
  readonly summaryExport: string | null;
  /** Below the working folder where the path is relative. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
}

/** The end-of-test summary: the script's own, or the text for people; and the file of `--summary-export`. */
export async function writeSummary(options: SummaryOptions): Promise<void> {
  const { terminal, summaryExport, thresholds } = options;
  const data = toSummaryData(options);
  const parts = await ownSummary(options, data);
  if (parts === null) {
    const text = textSummary(data, {
      colour: terminal.colour,
      indent: '  ',
      measured: thresholds.measured,
    });
    terminal.stdout(`\n${text}\n`);
  } else {
    for (const [place, text] of Object.entries(parts)) {
      if (place === 'stdout') terminal.stdout(text);
      else if (place === 'stderr') terminal.stderr(text);
      else await writeOrLog(options, place, text);
    }
  }
  if (summaryExport !== null)
    await writeOrLog(options, summaryExport, `${JSON.stringify(toSummaryExport(data), null, 4)}\n`);
}

function toSummaryData(options: SummaryOptions): SummaryData {
  const { engine, elapsedMs, terminal, configuration, setupData } = options;
  return {
    root_group: engine.rootGroup(),
    options: {
      summaryTrendStats: configuration.summaryTrendStats,
      summaryTimeUnit: '',
      noColor: !terminal.colour,
    },
    state: {
      isStdOutTTY: terminal.isStdoutTerminal,
      isStdErrTTY: terminal.isStderrTerminal,
      testRunDurationMs: elapsedMs,
    },
    metrics: engine.metrics(elapsedMs),
    ...(setupData === undefined ? {} : { setup_data: JSON.parse(setupData) as unknown }),
  };
}

/** By place what the script's handleSummary returned; null where the default summary has to do. */
async function ownSummary(
  { handleSummary, log }: SummaryOptions,
  data: SummaryData,
): Promise<Readonly<Record<string, string>> | null> {
  if (handleSummary === null) return null;
  const result = await handleSummary(JSON.stringify(data));
  if (result.outcome !== 'returned') {
    const why = result.outcome === 'threw' ? result.message : 'it was interrupted';
    log('error', `handleSummary failed, so the default summary follows: ${why}`);
    return null;
  }
  const value = result.value === undefined ? null : (JSON.parse(result.value) as unknown);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Record<string, unknown>);
    if (entries.every(([, text]) => typeof text === 'string'))
      return Object.fromEntries(entries) as Record<string, string>;
  }
  log('error', 'handleSummary has to return an object of places and texts, so the default summary follows');
  return null;
}

async function writeOrLog({ writeFile, log }: SummaryOptions, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    log('error', `could not write the summary to ${path}: ${String(error)}`);
  }
}
