import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBash } from './run-bash.ts';

const root = join(import.meta.dirname, '..');
let folder: string;

/** Programs that stand in for those of a machine: each is found first on PATH. */
const programs = {
  k6: 'case "$1" in version) echo "k6 v9.9.9" ;; *) echo "ran $2 EXPECT=$EXPECT BASE_URL=$BASE_URL"; exit "${CODE:-0}" ;; esac',
  curl: 'for last; do :; done; case " $HEALTHY " in *" ${last%/health} "*) exit 0 ;; *) exit 7 ;; esac',
  minikube: 'exit 1',
  docker: 'exit 1',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-test-script-'));
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/bash\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  }
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(
  parameters: readonly string[],
  environment: Record<string, string> = {},
  script = join(root, 'scripts', 'load-test.sh'),
) {
  const set = { PATH: `${folder}:/usr/bin:/bin`, HEALTH_TIMEOUT: '0' };
  return runBash([script, ...parameters], { ...set, ...environment });
}

const local = { HEALTHY: 'http://localhost:8000' };

describe('scripts/load-test.sh', () => {
  it('runs the six tests in turn with the k6 on PATH, says so, and prints one summary', async () => {
    const { code, stdout, stderr } = await run([], local);
    expect(code).toBe(0);
    expect(stderr).toContain('load generator: k6 v9.9.9');
    expect(stderr).toContain('testing http://localhost:8000 (the local system)');
    expect(stdout.match(/as expected/g)).toHaveLength(6);
    expect(stdout).toMatch(/ran \S+\/cascade-failure\.js EXPECT=failure BASE_URL=http:\/\/localhost:8000/);
  });

  it('expects a healthy system of baseline, whatever the others expect, unless it is none', async () => {
    const fixed = await run(['baseline', 'cpu-stress.js'], { ...local, EXPECT: 'fixed' });
    expect(fixed.stdout).toMatch(/baseline\.js EXPECT=healthy/);
    expect(fixed.stdout).toMatch(/cpu-stress\.js EXPECT=fixed/);
    expect((await run(['baseline'], { ...local, EXPECT: 'none' })).stdout).toMatch(/EXPECT=none/);
  });

  it('ends with the first code that was not 0, after all tests', async () => {
    const { code, stdout } = await run(['cpu-stress', 'io-stress'], { ...local, CODE: '99' });
    expect(code).toBe(99);
    expect(stdout).toMatch(/io-stress +failure +exit 99 +NOT as expected/);
  });

  it('names the legal tests when one is unknown, and starts nothing', async () => {
    const { code, stdout, stderr } = await run(['baseline', 'bsaeline'], local);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('unknown test bsaeline; there are: baseline cpu-stress');
  });

  it('says what to start when nothing is running', async () => {
    const { code, stderr } = await run([], { HEALTHY: '' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing answers on localhost:8000 or on NodePort 30000.*BASE_URL/);
  });

  it('does not choose between two systems where nobody can be asked', async () => {
    const { code, stderr } = await run([], { HEALTHY: 'http://localhost:8000 http://localhost:30000' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/1\s+http:\/\/localhost:8000\s+the local system/);
    expect(stderr).toMatch(/2\s+http:\/\/localhost:30000\s+the cluster/);
    expect(stderr).toContain('set BASE_URL to the one to test');
  });

  it('does not run a test against a system that is not healthy', async () => {
    const { code, stdout } = await run(['io-stress'], { HEALTHY: '', BASE_URL: 'http://localhost:9' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/io-stress +failure +exit 1 +did not run to its end/);
  });

  it('says in one sentence what to install where there is neither k6 nor the lab', async () => {
    const script = join(folder, 'scripts', 'load-test.sh');
    const { code, stderr } = await run([], { ...local, PATH: await without('k6') }, script);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('npm ci');
  });
});

/** A PATH of the stand-ins, but for one. */
async function without(name: string): Promise<string> {
  const other = await mkdtemp(join(folder, 'path-'));
  for (const program of Object.keys(programs))
    if (program !== name) await cp(join(folder, program), join(other, program));
  return `${other}:/usr/bin:/bin`;
}
