import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { createTestFolder } from '../../test/local-target.ts';
import { startLab } from './lab-process.ts';

function writeScript(source: string): string {
  const path = join(createTestFolder(), 'script.js');
  writeFileSync(path, source);
  return path;
}

const timeout = 30_000;

test(
  "the exit code of lab k6 run is the script's, and its files lie below the working folder",
  { timeout },
  async () => {
    const script = writeScript(`
    export const options = { thresholds: { iterations: ['count>5'] } };
    export default function () {}
    export const handleSummary = () => ({ stdout: 'own text', 'own.txt': 'own file' });
  `);
    const lab = startLab(['k6', 'run', '-q', '--iterations', '2', script]);
    expect(await lab.ended).toMatchObject({ exitCode: 99, stdout: 'own text' });
    expect(readFileSync(join(lab.folder, 'own.txt'), 'utf8')).toBe('own file');
  },
);

test('an unknown flag is a usage error of k6, with the flags that there are', { timeout }, async () => {
  const { exitCode, stderr } = await startLab(['k6', 'run', 'x.js', '--vuss', '3']).ended;
  expect(exitCode).toBe(104);
  expect(stderr).toMatch(/unknown flag --vuss[\s\S]+--vus /);
});

test(
  'the first signal ends the iterations, and teardown and summary follow; the code is 105',
  { timeout },
  async () => {
    const script = writeScript(`
    import { sleep } from 'k6';
    export const options = { vus: 2, duration: '1h' };
    export const setup = () => console.log('begins');
    export default () => sleep(3600);
    export const teardown = () => console.log('teardown ran');
  `);
    const lab = startLab(['k6', 'run', script]);
    await lab.untilOutput('2 max VUs');
    await new Promise<void>((resolve) => {
      lab.child.stderr.on('data', (chunk: Buffer) => {
        if (chunk.includes('begins')) resolve();
      });
    });
    lab.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await lab.ended;
    expect(exitCode, stderr).toBe(105);
    expect(stderr).toContain('teardown ran');
    expect(stdout).toContain('made by lab k6 run');
  },
);

test('lab plan writes a plan that fits its schema', { timeout }, async () => {
  const lab = startLab(['plan', 'cascade-failure', '--arm', 'protected', '--out', 'plan.json']);
  expect(await lab.ended).toMatchObject({ exitCode: 0, stdout: '' });
  const plan = JSON.parse(readFileSync(join(lab.folder, 'plan.json'), 'utf8')) as object;
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const schema = readFileSync(new URL('../../docs/schemas/plan.schema.json', import.meta.url), 'utf8');
  const validate = ajv.compile(JSON.parse(schema) as object);
  expect(validate(plan), JSON.stringify(validate.errors)).toBe(true);
});
