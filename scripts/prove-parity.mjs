// Proves that `lab k6 run load-tests/k6/plan.js` and the lab's own driver make the same load of the same plan and see the
// same: cascade-failure's unprotected arm by each in turn, three times, always on a fresh system. Requests per phase and
// route must agree within 1 %, medians of the rounds' median latencies within 2 ms, or within what the driver's own rounds
// differ by where that is more (the cascading route: 3 to 6 ms from one fresh system to the next), and what a phase says (answered or not) must be the same.
// Usage: node scripts/prove-parity.mjs
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLab, withSystem } from './lib/lab-process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'prove-parity-'));
const scenario = 'cascade-failure';

await startLab(folder, ['plan', scenario, '--out', 'plan.json']).exited;
const rounds = [];
for (let round = 1; round <= 3; round += 1) {
  rounds.push({ driver: await loadByDriver(), runner: await loadByRunner() });
  console.log(JSON.stringify(rounds.at(-1)));
}
const slices = Object.keys(rounds[0].driver).map((slice) => {
  const driver = medians(rounds.map((round) => round.driver[slice]));
  const runner = medians(rounds.map((round) => round.runner[slice]));
  const own = rounds.map((round) => round.driver[slice].p50Ms);
  const toleranceMs = Math.max(2, Math.max(...own) - Math.min(...own));
  return { slice, driver, runner, toleranceMs, agrees: agree(driver, runner, toleranceMs) };
});
for (const slice of slices) console.log(JSON.stringify(slice));
const holds = slices.every(({ agrees }) => agrees);
console.log(JSON.stringify({ proof: 'prove-parity', holds }));
process.exitCode = holds ? 0 : 1;

/** By phase and route. */
async function loadByDriver() {
  const run = startLab(folder, ['run', scenario, '--arms', 'unprotected', '--json']);
  if ((await run.exited) !== 0) throw new Error(run.output());
  const { phases } = JSON.parse(run.stdout()).scenarios[0].arms[0];
  return Object.fromEntries(
    ['baseline', 'during'].flatMap((phase) =>
      Object.entries(phases[phase].routes).map(([route, { offered, p50Ms, goodputRatio }]) => [
        `{route:${route},phase:${phase}}`,
        { offered, p50Ms, goodputRatio },
      ]),
    ),
  );
}

async function loadByRunner() {
  await withSystem(folder, scenario, async ({ backend, control }) => {
    const script = join(root, 'load-tests', 'k6', 'plan.js');
    const run = startLab(folder, ['k6', 'run', '-q', '--summary-export', 'k6.json', script], {
      BASE_URL: backend,
      DOWNSTREAM_CONTROL_URL: control.downstream.join(','),
      PLAN: join(folder, 'plan.json'),
    });
    const exitCode = await run.exited;
    if (exitCode !== 0) throw new Error(`lab k6 run ended with ${exitCode}: ${run.output()}`);
  });
  const { metrics } = JSON.parse(readFileSync(join(folder, 'k6.json'), 'utf8'));
  const names = Object.keys(metrics).filter((name) => /^http_reqs\{.*phase:(baseline|during)\}$/.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const slice = name.slice('http_reqs'.length);
      return [
        slice,
        {
          offered: valueOf(metrics, name, 'count'),
          p50Ms: valueOf(metrics, `http_req_duration${slice}`, 'med'),
          goodputRatio: 1 - valueOf(metrics, `http_req_failed${slice}`, 'value'),
        },
      ];
    }),
  );
}

function medians(values) {
  const median = (key) => values.map((value) => value[key]).toSorted((left, right) => left - right)[1];
  return { offered: median('offered'), p50Ms: median('p50Ms'), goodputRatio: median('goodputRatio') };
}

function valueOf(metrics, metric, key) {
  const value = metrics[metric]?.[key];
  if (value === undefined)
    throw new Error(`${metric} has no ${key}; there are: ${Object.keys(metrics).join(' ')}`);
  return value;
}

/** A route is answered (99 %), or it is not (10 %). */
function agree(ours, theirs, toleranceMs) {
  const says = ({ goodputRatio }) =>
    goodputRatio >= 0.99 ? 'well' : goodputRatio <= 0.1 ? 'broken' : 'between';
  return (
    Math.abs(theirs.offered / ours.offered - 1) <= 0.01 &&
    Math.abs(theirs.p50Ms - ours.p50Ms) <= toleranceMs &&
    says(ours) === says(theirs)
  );
}
