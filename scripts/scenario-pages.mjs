// Writes docs/scenarios/ from recorded runs: a page and a picture for each scenario in them, and the index.
// Usage: npm run docs:scenarios -- <run id…>; of several runs of one scenario the latest is taken.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'scenarios');
/** The topics of the project's description. */
const topics = {
  'The healthy system': ['baseline'],
  CPU: ['cpu-stress', 'cpu-throttling'],
  Memory: ['memory-stress', 'oom-killed'],
  'Input and output': ['io-stress'],
  Database: ['db-pool-exhaust'],
  'Dependencies and scaling': ['cascade-failure', 'downstream-outage', 'horizontal-scaling'],
};

/** Ids sort by time. */
const ids = process.argv.slice(2).sort();
if (ids.length === 0) throw new Error('usage: npm run docs:scenarios -- <run id…>');
const runOf = new Map();
for (const id of ids) {
  const { scenarios } = JSON.parse(readFileSync(join(root, 'runs', id, 'run.json'), 'utf8'));
  for (const { name } of scenarios) runOf.set(name, id);
}
mkdirSync(join(folder, 'images'), { recursive: true });
for (const [name, id] of runOf) {
  report(id, name, 'markdown', join(folder, `${name}.md`));
  report(id, name, 'svg', join(folder, 'images', `${name}.svg`));
}
writeFileSync(join(folder, 'README.md'), toIndex(JSON.parse(lab('list', '--json'))));
const prettier = join(root, 'node_modules', '.bin', 'prettier');
spawnSync(prettier, ['--write', '--log-level', 'warn', folder], { stdio: 'inherit' });

function report(id, scenario, format, output) {
  lab('report', id, '--format', format, '--scenario', scenario, '--output', output);
}

/** What a command of the compiled lab prints. */
function lab(...words) {
  const program = join(root, 'lab', 'bin', 'lab.mjs');
  const { status, stdout } = spawnSync(process.execPath, [program, ...words], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`lab ${words.join(' ')} ended with ${status}`);
  return stdout;
}

function toIndex(scenarios) {
  const known = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  const missing = [...known.keys()].filter((name) => !Object.values(topics).flat().includes(name));
  if (missing.length > 0) throw new Error(`scenarios without a topic in this script: ${missing.join(', ')}`);
  const sections = Object.entries(topics).map(([topic, names]) =>
    [
      `## ${topic}\n`,
      '| scenario | question | what does not help | what helps |',
      '| --- | --- | --- | --- |',
      ...names.map((name) => toRow(known.get(name))),
    ].join('\n'),
  );
  const head =
    'One page for each scenario: what it asks, what is tried, and what a real run gave. Made by `npm run docs:scenarios` from recorded runs; `npx lab run <name>` measures it on your machine.';
  return `${['# Scenarios', head, ...sections].join('\n\n')}\n`;
}

function toRow({ name, question, arms }) {
  const of = (role) =>
    arms
      .filter((arm) => arm.role === role)
      .map((arm) => `\`${arm.name}\``)
      .join(', ') || '–';
  return `| [${name}](${name}.md) | ${question} | ${of('wrong-fix')} | ${of('protected')} |`;
}
