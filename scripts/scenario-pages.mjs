// Writes docs/scenarios/ from recorded runs: a page and a picture for each scenario, and the index.
// Usage: npm run docs:scenarios -- <run id…>; of several runs of one scenario the last named one is taken.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lab = join(root, 'lab', 'bin', 'lab.mjs');
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

const runOf = new Map();
for (const id of process.argv.slice(2)) {
  const run = JSON.parse(readFileSync(join(root, 'runs', id, 'run.json'), 'utf8'));
  for (const scenario of run.scenarios) runOf.set(scenario.name, { id, scenario });
}
mkdirSync(join(folder, 'images'), { recursive: true });
for (const [name, { id }] of runOf) {
  report(id, name, 'markdown', join(folder, `${name}.md`));
  report(id, name, 'svg', join(folder, 'images', `${name}.svg`));
}
writeFileSync(join(folder, 'README.md'), toIndex());
const prettier = join(root, 'node_modules', '.bin', 'prettier');
spawnSync(prettier, ['--write', '--log-level', 'warn', folder], { stdio: 'inherit' });

function report(id, scenario, format, output) {
  const words = ['report', id, '--format', format, '--scenario', scenario, '--output', output];
  const { status } = spawnSync(process.execPath, [lab, ...words], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`lab ${words.join(' ')} ended with ${status}`);
}

function toIndex() {
  const sections = Object.entries(topics).map(([topic, names]) => {
    const rows = names.map((name) => {
      const { question, arms } = runOf.get(name)?.scenario ?? {};
      if (question === undefined) throw new Error(`no run of ${name} was named`);
      const of = (role) =>
        arms
          .filter((arm) => arm.role === role)
          .map((arm) => `\`${arm.name}\``)
          .join(', ') || '–';
      return `| [${name}](${name}.md) | ${question} | ${of('wrong-fix')} | ${of('protected')} |`;
    });
    return [
      `## ${topic}`,
      [
        '| scenario | question | what does not help | what helps |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n'),
    ].join('\n\n');
  });
  const head =
    'One page for each scenario: what it asks, what is tried, and what a real run gave. Made by `npm run docs:scenarios` from recorded runs; `npx lab run <name>` measures it on your machine.';
  return `${['# Scenarios', head, ...sections].join('\n\n')}\n`;
}
