import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { publishedSchemas } from '../src/core/schemas.ts';
import { processesOf, startLab } from './lab-process.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

function faultsOf(file: keyof typeof publishedSchemas, document: unknown) {
  const validate = ajv.compile(
    JSON.parse(readFileSync(new URL(`../../docs/schemas/${file}`, import.meta.url), 'utf8')) as object,
  );
  validate(document);
  return validate.errors ?? [];
}

const short = ['timeline.warmUpSeconds=1', 'timeline.baselineSeconds=1', 'timeline.steadySeconds=2'].flatMap(
  (setting) => ['--set', setting],
);

test(
  'a real run prints one document that fits its schema, and leaves its files and nothing else',
  { timeout: 60_000 },
  async () => {
    const lab = startLab(['run', 'baseline', '--json', ...short], {
      DATABASE_URL: 'postgresql://precious:secret@127.0.0.1:1/precious',
      NODE_OPTIONS: '--no-warnings',
    });
    const { exitCode, stdout, stderr } = await lab.ended;
    expect([0, 3], stderr).toContain(exitCode);
    const document = JSON.parse(stdout) as { runId: string; scenarios: { arms: { verdict: string }[] }[] };
    expect(faultsOf('run.schema.json', document)).toEqual([]);
    expect(document.scenarios[0]?.arms[0]?.verdict).toMatch(/^(NOT DEMONSTRATED|INCONCLUSIVE)$/);
    const folder = join(lab.folder, 'runs', document.runId);
    expect(readdirSync(lab.folder)).toEqual(['runs']);
    expect(readdirSync(folder).sort()).toEqual(['events.ndjson', 'logs', 'report.html', 'run.json']);
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toEqual(document);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).not.toMatch(/(?:src|href)="https?:/);
    expect(stdout.includes('\u001b') || stderr.includes('\u001b')).toBe(false);
    expect(processesOf(document.runId)).toEqual([]);
  },
);

test(
  'up prints one line that fits its schema once everything answers, and leaves nothing behind',
  { timeout: 60_000 },
  async () => {
    const lab = startLab(['up', '--ports', 'auto', '--json']);
    const line = await lab.untilOutput('\n');
    const addresses = JSON.parse(line) as { backend: string; control: { backend: string[] } };
    expect(faultsOf('up.schema.json', addresses)).toEqual([]);
    const ready = await fetch(`${addresses.backend}/readyz`);
    const protections = await fetch(`${addresses.control.backend[0]}/protections`);
    expect([ready.status, protections.status]).toEqual([200, 200]);
    lab.child.kill('SIGTERM');
    const { exitCode, stdout } = await lab.ended;
    expect(exitCode).toBe(143);
    expect(stdout).toBe(line);
    await expect(fetch(`${addresses.backend}/livez`)).rejects.toThrow('fetch failed');
    const [runId = ''] = readdirSync(join(lab.folder, 'runs'));
    expect(processesOf(runId)).toEqual([]);
  },
);

test.each([
  [['run', 'cascade'], /Unknown scenario "cascade"\. Did you mean cascade-failure\?/],
  [['run', 'cascade-failure', '--arms', 'protectd'], /Unknown arm.*Did you mean protected or/],
  [['run', 'baseline', '--set', 'load.tasks.rat=1'], /Did you mean load\.tasks\.rate/],
  [['run', 'baseline', '--sed', '1'], /unknown option '--sed'.*Did you mean.*--seed/s],
  [['run', 'baseline', '--seed', 'x'], /"x" is not a whole number/],
  [['run', 'baseline', '--driver', 'cluster'], /--driver cluster .* needs --target kubernetes, not local/],
  [['run', 'baseline', '--parallelism', '3'], /--parallelism .* needs --driver cluster/],
  [['dmeo'], /unknown command 'dmeo'.*demo/s],
  [['report', 'nothing'], /There is no run/],
  [['up', '--ports', 'some'], /expected spec or auto/],
])('%j is wrong usage: exit 2, one clear sentence, and nothing is started', async (options, message) => {
  const lab = startLab(options);
  const { exitCode, stderr, stdout } = await lab.ended;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(existsSync(join(lab.folder, 'runs'))).toBe(false);
});

test(
  'settings of the arm custom are checked by the backend before anything is measured',
  { timeout: 30_000 },
  async () => {
    const lab = startLab(['run', 'cascade-failure', '--with', 'circuit-braker:openSeconds=x']);
    const { exitCode, stderr } = await lab.ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--with cannot be used.*circuit-breaker/s);
  },
);

test('an unreachable database is named by host and reason, never with its password', async () => {
  const lab = startLab(['run', 'baseline', '--database-url', 'postgresql://me:secret@127.0.0.1:1/db']);
  const { exitCode, stderr, stdout } = await lab.ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain('127.0.0.1');
  expect(`${stderr}${stdout}`).not.toContain('secret');
  expect(readdirSync(join(lab.folder, 'runs'))).toEqual([]);
});

test('list says question, arms, seconds and needs', async () => {
  const { exitCode, stdout } = await startLab(['list']).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/cascade-failure\n.*stop answering.*9 arms, about \d+ s; needs nothing but Node/s);
});
