import type { ChildProcessByStdio } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
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

/** Resolves when the text has come on stderr. */
function untilError({ stderr }: ChildProcessByStdio<null, Readable, Readable>, text: string): Promise<void> {
  return new Promise((resolve) => {
    let all = '';
    stderr.on('data', (chunk: Buffer) => {
      all += chunk.toString();
      if (all.includes(text)) resolve();
    });
  });
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
    await untilError(lab.child, 'begins');
    lab.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await lab.ended;
    expect(exitCode, stderr).toBe(105);
    expect(stderr).toContain('teardown ran');
    expect(stdout).toContain('made by lab k6 run');
  },
);

test(
  'the second signal ends teardown as well, and no summary follows; the code is 105',
  { timeout },
  async () => {
    const script = writeScript(`
    import { sleep } from 'k6';
    export default function () {}
    export const teardown = () => { console.log('teardown begins'); sleep(50) };
  `);
    const lab = startLab(['k6', 'run', '-q', script]);
    await untilError(lab.child, 'teardown begins');
    lab.child.kill('SIGINT');
    lab.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await lab.ended;
    expect(exitCode, stderr).toBe(105);
    expect(stdout).toBe('');
  },
);

/** Writes more than any pipe holds. */
const talkative = `
  export default function () { for (let n = 0; n < 10000; n++) console.log('line', n) }
  export const handleSummary = () => ({ stdout: Array.from({ length: 100000 }, (_, n) => 'row ' + n).join('\\n') });
`;

test('all that a script writes arrives in its order, however late it is read', { timeout }, async () => {
  const lab = startLab(['k6', 'run', '-q', writeScript(talkative)]);
  lab.child.stdout.pause();
  await untilError(lab.child, 'line 9999');
  lab.child.stdout.resume();
  const { exitCode, stdout, stderr } = await lab.ended;
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual(Array.from({ length: 100_000 }, (_, n) => `row ${n}`));
  expect([...stderr.matchAll(/"line (\d+)"/g)].map(([, n]) => Number(n))).toEqual([...Array(10_000).keys()]);
});

test(
  "a run whose readers have gone comes to its own end, with the script's exit code",
  { timeout },
  async () => {
    const lab = startLab([
      'k6',
      'run',
      writeScript(`${talkative} export const options = { thresholds: { iterations: ['count>5'] } };`),
    ]);
    lab.child.stdout.destroy();
    lab.child.stderr.destroy();
    expect((await lab.ended).exitCode).toBe(99);
  },
);

test(
  'an error of the runner itself ends the lab with 70, after all that was written',
  { timeout },
  async () => {
    const script = writeScript(`
    import { sleep } from 'k6';
    export default () => { for (let n = 0; n < 1000; n++) console.log('line', n); sleep(50) };
  `);
    const fault = join(createTestFolder(), 'fault.mjs');
    writeFileSync(
      fault,
      `import { isMainThread } from 'node:worker_threads';
     const { setTimeout: start } = globalThis;
     const fail = () => { throw new Error('a fault of the runner') };
     const startOrFail = (act, ms) => start(ms === 50_000 ? fail : act, ms === 50_000 ? 0 : ms);
     if (!isMainThread) globalThis.setTimeout = startOrFail;`,
    );
    const lab = startLab(['k6', 'run', '-q', script], { NODE_OPTIONS: `--import=${fault}` });
    const { exitCode, stderr } = await lab.ended;
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/"line 999" source=console\nlab: a fault of the runner\n$/);
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
