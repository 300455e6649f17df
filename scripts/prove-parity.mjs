// Proves that `lab k6 run load-tests/k6/plan.js` and the lab's own driver make the same load of the same plan and see the
// same: cascade-failure's unprotected arm by each, one after the other, on systems of their own. Requests per phase and
// route must agree within 1 %, medians within 2 ms, and what a phase says (answered or not) must be the same.
// Usage: node scripts/prove-parity.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'lab', 'bin', 'lab.mjs');
const folder = mkdtempSync(join(tmpdir(), 'prove-parity-'));
const scenario = 'cascade-failure';

const embedded = start(['run', scenario, '--arms', 'unprotected', '--json']);
if ((await embedded.exited) !== 0) throw new Error(embedded.stderr());
const { phases } = JSON.parse(embedded.stdout()).scenarios[0].arms[0];

await start(['plan', scenario, '--out', 'plan.json']).exited;
const system = start(['up', '--ports', 'auto', '--json', '--scenario', scenario]);
const { backend, control } = JSON.parse(await system.firstLine);
const run = start(
  ['k6', 'run', '-q', '--summary-export', 'k6.json', join(root, 'load-tests', 'k6', 'plan.js')],
  {
    BASE_URL: backend,
    DOWNSTREAM_CONTROL_URL: control.downstream.join(','),
    PLAN: join(folder, 'plan.json'),
  },
);
const exitCode = await run.exited;
system.child.kill('SIGTERM');
await system.exited;
if (exitCode !== 0) throw new Error(`lab k6 run ended with ${exitCode}: ${run.stderr()}`);
const { metrics } = JSON.parse(readFileSync(join(folder, 'k6.json'), 'utf8'));

const rows = ['baseline', 'during'].flatMap((phase) =>
  Object.entries(phases[phase].routes).map(([route, ours]) => {
    const slice = `{route:${route},phase:${phase}}`;
    const theirs = {
      offered: valueOf(`http_reqs${slice}`, 'count'),
      p50Ms: valueOf(`http_req_duration${slice}`, 'med'),
      goodputRatio: 1 - valueOf(`http_req_failed${slice}`, 'value'),
    };
    return { phase, route, driver: pick(ours), runner: theirs, agrees: agree(ours, theirs) };
  }),
);
for (const row of rows) console.log(JSON.stringify(row));
const holds = rows.every(({ agrees }) => agrees);
console.log(JSON.stringify({ proof: 'prove-parity', holds }));
process.exitCode = holds ? 0 : 1;

function valueOf(metric, key) {
  const value = metrics[metric]?.[key];
  if (value === undefined)
    throw new Error(`${metric} has no ${key}; there are: ${Object.keys(metrics).join(' ')}`);
  return value;
}

function pick({ offered, p50Ms, goodputRatio }) {
  return { offered, p50Ms, goodputRatio };
}

/** A route is answered (99 %), or it is not (10 %). */
function agree(ours, theirs) {
  const says = ({ goodputRatio }) =>
    goodputRatio >= 0.99 ? 'well' : goodputRatio <= 0.1 ? 'broken' : 'between';
  return (
    Math.abs(theirs.offered / ours.offered - 1) <= 0.01 &&
    Math.abs(theirs.p50Ms - ours.p50Ms) <= 2 &&
    says(ours) === says(theirs)
  );
}

function start(options, variables = {}) {
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const firstLine = new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(chunk.toString())));
  const exited = new Promise((resolve) => child.once('close', resolve));
  return { child, exited, firstLine, stdout: () => stdout, stderr: () => stderr };
}
