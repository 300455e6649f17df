import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { Host } from './host.ts';
import { addReportCommand } from './report.ts';

/** What `lab report` prints for a recorded run of two scenarios. */
async function report(...options: string[]): Promise<string> {
  const workingFolder = createTestFolder();
  mkdirSync(join(workingFolder, 'runs', 'run-1'), { recursive: true });
  const events = sampleRun().map((event) =>
    event.type === 'run-started'
      ? { ...event, scenarios: [...event.scenarios, ...event.scenarios.map(renamed)] }
      : event,
  );
  const lines = [...events.slice(0, -1), ...sampleRun().slice(1).map(inOther)];
  const recording = join(workingFolder, 'runs', 'run-1', 'events.ndjson');
  writeFileSync(recording, lines.map((event) => `${JSON.stringify(event)}\n`).join(''));
  let printed = '';
  const stdout = { write: (text: string) => (printed += text) };
  const program = new Command().exitOverride();
  addReportCommand(program, { workingFolder, stdout, stderr: stdout } as unknown as Host, () => undefined);
  await program.parseAsync(['report', 'run-1', ...options], { from: 'user' });
  return printed;
}

const other = 'io-stress';
const renamed = <T extends object>(header: T) => ({ ...header, name: other });

function inOther(event: ReturnType<typeof sampleRun>[number]) {
  if (event.type === 'scenario-finished') return { ...event, scenario: renamed(event.scenario) };
  return 'scenario' in event ? { ...event, scenario: other } : event;
}

it.each([
  ['markdown', /^# cascade-failure\n/, /^# io-stress\n[^]*\(images\/io-stress\.svg\)/],
  ['svg', /^<svg /, /^<svg /],
])('%s is about the first scenario of the run, or the one that is named', async (format, first, named) => {
  expect(await report('--format', format)).toMatch(first);
  expect(await report('--format', format, '--scenario', other)).toMatch(named);
});

it('names the scenarios of the run where one is not among them', async () => {
  await expect(report('--format', 'markdown', '--scenario', 'cpu')).rejects.toThrow(
    'Unknown scenario of this run "cpu". Known: cascade-failure, io-stress.',
  );
});

it('refuses a scenario for a report of all of them', async () => {
  await expect(report('--format', 'html', '--scenario', other)).rejects.toThrow(
    '--scenario goes with --format svg or markdown',
  );
});
