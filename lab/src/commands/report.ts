import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import type { LabEvent } from '../core/events.ts';
import type { RunDocument } from '../core/document.ts';
import { unknownName } from '../core/nearest.ts';
import { toSeries } from '../core/series.ts';
import { UsageError } from '../core/settings.ts';
import { recordingFileName } from '../events/recorder.ts';
import { replay } from '../events/replay.ts';
import { toRunDocument } from '../report/fold.ts';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { renderJunit } from '../report/junit.ts';
import type { AddCommand } from './command.ts';
import type { Host } from './host.ts';
import { findRunFolder, readRunDocument, repetitionFolders } from './run-folder.ts';
import { describeRunEnd, describeSeries } from './terminal.ts';
import { renderPage } from '../report/page.ts';
import { renderPicture } from '../report/picture.ts';
import { toRunView } from '../report/view.ts';

const formats = ['terminal', 'html', 'json', 'junit', 'svg', 'markdown'] as const;

interface ReportOptions {
  readonly format: (typeof formats)[number];
  readonly scenario?: string;
  readonly output?: string;
}

export const addReportCommand: AddCommand = (program, host) => {
  program
    .command('report')
    .description('makes the report of a run again, from its recording')
    .argument('[id]', 'a run below runs/, or latest', 'latest')
    .addOption(new Option('--format <format>', 'what to make').choices([...formats]).default('terminal'))
    .option('--scenario <name>', 'of a run of several: the one to draw (svg) or describe (markdown)')
    .option('--output <file>', 'where to; stdout by default')
    .action(async (id: string, options: ReportOptions) => {
      const text = await render(host, findRunFolder(host, id), options);
      if (options.output === undefined) host.stdout.write(text);
      else writeFileSync(options.output, text);
    });
};

async function render(host: Host, folder: string, { format, scenario }: ReportOptions): Promise<string> {
  const recording = join(folder, recordingFileName);
  if (!existsSync(recording)) {
    const runs = repetitionFolders(folder).map(readRunDocument);
    const series = toSeries(folder.split('/').at(-1) ?? '', runs.length, runs);
    return format === 'json' ? `${JSON.stringify(series, null, 2)}\n` : describeSeries(host, series);
  }
  const events: LabEvent[] = [];
  const { torn, complete } = await replay(recording, [(event) => events.push(event)]);
  if (torn || !complete)
    host.stderr.write(`lab: this run did not come to its end; the report shows what there is\n`);
  const document = toRunDocument(events);
  if (scenario !== undefined && format !== 'svg' && format !== 'markdown')
    throw new UsageError(
      `--scenario goes with --format svg or markdown; ${format} has all scenarios of a run`,
    );
  if (format === 'html') return renderHtml(document, events);
  if (format === 'json') return renderJson(document);
  if (format === 'junit') return renderJunit(document);
  if (format === 'svg' || format === 'markdown') {
    const view = findView(document, events, scenario);
    const { name } = view.result;
    if (format === 'svg') return renderPicture(events, { scenario: name });
    const pictureName = `images/${name}.svg`;
    return renderPage(document, view.result, view.story, pictureName);
  }
  return describeRunEnd(host, document, folder);
}

/** The scenario of that name, else the first of the run. Throws UsageError with the names that there are. */
function findView(document: RunDocument, events: readonly LabEvent[], name: string | undefined) {
  const { scenarios } = toRunView(document, events);
  const view = scenarios.find(({ result }) => name === undefined || result.name === name);
  if (view?.story === undefined || view.story === null)
    throw new UsageError(
      unknownName(
        'scenario of this run',
        name ?? '',
        scenarios.map(({ result }) => result.name),
      ),
    );
  return { result: view.result, story: view.story };
}
