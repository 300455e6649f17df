// Proves the scripts of load-tests/k6 with the lab's own runner, each against a system of its own: the mode that fits ends
// with 0, the other one with 99 (so that no threshold is empty). Prints one line per run, and one line of JSON at the end.
// Usage: node scripts/prove-k6.mjs [script…]
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLab, withSystem } from './lib/lab-process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'prove-k6-'));
const failing = ['cpu-stress', 'memory-stress', 'io-stress', 'db-pool-exhaust', 'cascade-failure'];
const unprotected = { FIX: 'off' };
const fixed = { FIX: 'on' };

const healthy = { EXPECT: 'healthy' };
const slowDownstream = { delayMs: 750, ttlMs: 600_000 };

/** `system` is the scenario whose system is loaded. */
const runs = [
  { script: 'baseline', system: 'baseline', variables: healthy, expected: 0 },
  {
    script: 'baseline',
    system: 'cascade-failure',
    variables: healthy,
    expected: 99,
    behaviour: slowDownstream,
  },
  ...failing.flatMap((name) =>
    [
      { variables: { EXPECT: 'failure', ...unprotected }, expected: 0 },
      { variables: { EXPECT: 'fixed', ...unprotected }, expected: 99 },
      { variables: { EXPECT: 'fixed', ...fixed }, expected: 0 },
      { variables: { EXPECT: 'failure', ...fixed }, expected: 99 },
    ].map((run) => ({ script: name, system: name, ...run })),
  ),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !runs.some(({ script }) => script === name));
if (unknown.length > 0)
  throw new Error(`unknown script ${unknown.join(', ')}; there are: baseline, ${failing.join(', ')}`);
let wrong = 0;
let ran = 0;
for (const run of runs) {
  const { script, variables, expected } = run;
  if (wanted.length > 0 && !wanted.includes(script)) continue;
  const { exitCode, seconds, output } = await prove(run);
  const said = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  const ok = exitCode === expected;
  console.log(
    `${ok ? 'ok   ' : 'WRONG'} ${script} ${said.join(' ')}${run.behaviour ? ', downstream slow' : ''}: exit ${exitCode}, expected ${expected}, ${seconds} s`,
  );
  if (!ok) console.log(output.replaceAll(/^/gm, '      '));
  ran += 1;
  wrong += ok ? 0 : 1;
}
console.log(JSON.stringify({ ran, wrong }));
process.exitCode = wrong === 0 ? 0 : 1;

function prove({ script, system, variables, behaviour }) {
  return withSystem(folder, system, async ({ backend, control }) => {
    if (behaviour !== undefined) await slowDown(control.downstream, behaviour);
    const startedMs = Date.now();
    const run = startLab(folder, ['k6', 'run', '--quiet', join(root, 'load-tests', 'k6', `${script}.js`)], {
      BASE_URL: backend,
      CONTROL_URL: control.backend.join(','),
      DOWNSTREAM_CONTROL_URL: control.downstream.join(','),
      ...variables,
    });
    const exitCode = await run.exited;
    return { exitCode, seconds: Math.round((Date.now() - startedMs) / 1000), output: run.output() };
  });
}

async function slowDown(urls, behaviour) {
  for (const url of urls) {
    const answer = await fetch(`${url}/behaviour`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(behaviour),
    });
    if (!answer.ok) throw new Error(`PUT ${url}/behaviour: ${answer.status} ${await answer.text()}`);
  }
}
