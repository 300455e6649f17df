// Proves the alerts on a real Prometheus (on PATH): runs the scenarios of the lab beside one that scrapes the services
// every second, with the rules of observability/prometheus/rules and their windows and waits 60 times shorter. In each
// arm its alerts fire after the trigger and not before; in baseline none fires. The queries of the Grafana board are asked
// there too: none may be refused, and the end says which had no series in any arm. One line per arm, JSON at the end.
// Usage: node scripts/prove-alerts.mjs [scenario…]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadScenarios } from '../lab/dist/commands/catalogue.js';
import { describeEnvironment } from '../lab/dist/commands/environment.js';
import { select } from '../lab/dist/commands/selection.js';
import { createEmbeddedDriver } from '../lab/dist/drivers/embedded/embedded.js';
import { createNodeHost } from '../lab/dist/entries/node-host.js';
import { runExperiment } from '../lab/dist/experiment/run.js';
import { createLocalTarget } from '../lab/dist/targets/local/local.js';
import { acquireRunLock } from '../lab/dist/targets/local/run-lock.js';
import { startPrometheus } from './lib/prometheus.mjs';
import { scaleRules } from './lib/scaled-rules.mjs';
import { watchTarget } from './lib/watched-target.mjs';

const factor = 60;
/** So that a window of five minutes, five seconds here, is full of the failure before it ends. */
const longTrigger = ['trigger.durationSeconds=12'];
const longTriggerOf = (arm) => [`arms.${arm}.trigger.durationSeconds=12`];

const proofs = [
  { scenario: 'baseline', arm: 'steady', alerts: [] },
  { scenario: 'baseline', arm: 'with-limits', alerts: [] },
  { scenario: 'cpu-stress', arm: 'unprotected', alerts: ['EventLoopStarved'] },
  { scenario: 'cpu-throttling', arm: 'quota', alerts: ['CpuThrottled'] },
  {
    scenario: 'memory-stress',
    arm: 'unprotected',
    alerts: ['MemoryNearLimit', 'ReplicaOomKilled'],
  },
  { scenario: 'memory-stress', arm: 'twice-the-limit', alerts: ['MemoryGrows'] },
  { scenario: 'oom-killed', arm: 'container-limit', alerts: ['ReplicaOomKilled', 'ReplicaRestarted'] },
  { scenario: 'oom-killed', arm: 'heap-limit', alerts: ['ReplicaCrashed', 'ReplicaRestarted'] },
  { scenario: 'io-stress', arm: 'sockets-unprotected', alerts: ['SocketPoolExhausted'], set: longTrigger },
  { scenario: 'io-stress', arm: 'libuv-unprotected', alerts: ['LibuvPoolExhausted'], set: longTrigger },
  { scenario: 'db-pool-exhaust', arm: 'unprotected', alerts: ['DatabasePoolExhausted'], set: longTrigger },
  {
    scenario: 'db-pool-exhaust',
    arm: 'pool-above-max-connections',
    alerts: ['DatabaseRefusesConnections'],
    set: longTrigger,
  },
  {
    scenario: 'cascade-failure',
    arm: 'unprotected',
    alerts: [
      'ConnectionsHeldDuringCalls',
      'DownstreamSlow',
      'ErrorBudgetBurnsFast',
      'LatencyBudgetBurnsFast',
    ],
    // The rule compares with how fast the downstream service was before.
    set: [...longTrigger, 'timeline.baselineSeconds=8'],
  },
  {
    scenario: 'downstream-outage',
    arm: 'refused',
    alerts: ['DownstreamFails'],
    set: longTriggerOf('refused'),
  },
  {
    scenario: 'downstream-outage',
    arm: 'refused-retry',
    alerts: ['RetryStorm'],
    set: longTriggerOf('refused-retry'),
  },
  { scenario: 'downstream-outage', arm: 'frozen', alerts: ['DownstreamSilent'], set: longTrigger },
  { scenario: 'horizontal-scaling', arm: 'one-replica', alerts: ['CpuNearLimit'] },
  { scenario: 'horizontal-scaling', arm: 'kept-connections', alerts: ['ReplicasUneven'] },
];

const wanted = process.argv.slice(2);
const known = [...new Set(proofs.map(({ scenario }) => scenario))];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0)
  throw new Error(`unknown scenario ${unknown.join(', ')}; there are: ${known.join(', ')}`);

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort(new Error(signal)));
const host = createNodeHost(ending.signal, new AbortController().signal);
const { repositoryRoot } = host;
const runId = `prove-alerts-${host.randomId()}`;
const folder = mkdtempSync(join(tmpdir(), 'prove-alerts-'));
const lock = acquireRunLock(host.local, runId);
const local = createLocalTarget(host.local, {
  runId,
  repositoryRoot,
  databaseUrl: undefined,
  limits: host.environment.LAB_LIMITS,
  log: (line) => console.error(line),
});
const driver = createEmbeddedDriver({
  execPath: host.local.execPath,
  environment: local.markerEnvironment,
  onSpawn: (pid) => local.registerProcess(pid),
});
const scenarios = await loadScenarios();
const rules = scaleRules(
  fileURLToPath(new URL('../observability/prometheus/rules', import.meta.url)),
  factor,
);
const unseen = new Set(readBoardQueries());
const boardQueries = unseen.size;
let ran = 0;
let wrong = 0;
try {
  await local.prepare(ending.signal);
  const environment = await describeEnvironment(host, await local.describe());
  for (const proof of proofs.filter(({ scenario }) => wanted.length === 0 || wanted.includes(scenario))) {
    const { faults, said } = judge(proof, await prove(proof, environment));
    const isRight = faults.length === 0;
    const what = [...faults, said].join('; ');
    console.log(`${isRight ? 'ok   ' : 'WRONG'} ${proof.scenario}/${proof.arm}: ${what}`);
    ran += 1;
    wrong += isRight ? 0 : 1;
  }
  console.log(JSON.stringify({ ran, wrong, factor, boardQueries, withoutSeries: [...unseen] }));
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await local.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs one arm, with those that its claims need; what fired during its last attempt, and since when. */
async function prove({ scenario, arm, set = [] }, environment) {
  const targetsFile = join(folder, 'targets.json');
  const watched = await watchTarget(local, targetsFile);
  const prometheus = await startPrometheus({
    rules,
    targetsFile,
    containersAddress: watched.address,
    processes: local,
  });
  const window = { startMs: 0, endMs: 0, triggerSecond: 0 };
  const emit = (event) => {
    if (event.arm !== arm) return;
    if (event.type === 'arm-started') window.triggerSecond = event.phases.trigger?.startSecond ?? 0;
    if (event.type === 'load-started') window.startMs = Date.now();
    // Now, not later: the series end with the system.
    if (event.type === 'load-second') window.endMs = window.startMs + (event.load.second + 1) * 1000;
  };
  try {
    const [result] = await runExperiment({
      runId,
      seed: 42,
      command: '',
      environment,
      scenarios: select(scenarios, [scenario], { arms: arm, set }),
      withTrigger: true,
      target: watched.target,
      driver,
      clock: host.clock,
      machine: host.machine,
      http: host.http,
      signal: ending.signal,
      logFolderOf: (name, ofArm, attempt) => join(folder, 'logs', `${name}.${ofArm}.${attempt}`),
      emit,
    });
    const { verdict, declared } = result.arms.find(({ name }) => name === arm);
    const series = await prometheus.query('group by (alertname) (ALERTS{alertstate="firing"})', window);
    const firstSecondOf = Object.fromEntries(
      series.map(({ metric, values }) => [metric.alertname, values[0][0] - window.startMs / 1000]),
    );
    for (const query of unseen) if ((await prometheus.query(query, window)).length > 0) unseen.delete(query);
    return { verdict, declared, firstSecondOf, triggerSecond: window.triggerSecond };
  } finally {
    await prometheus.stop();
    watched.close();
  }
}

function judge({ alerts }, { verdict, declared, firstSecondOf, triggerSecond }) {
  const after = (name) => `${name} ${(firstSecondOf[name] - triggerSecond).toFixed(0)} s after the trigger`;
  const fired = Object.keys(firstSecondOf);
  const others = fired.filter((name) => !alerts.includes(name));
  const faults = alerts.filter((name) => !fired.includes(name)).map((name) => `${name} did not fire`);
  const early = alerts.filter((name) => firstSecondOf[name] < triggerSecond);
  faults.push(...early.map((name) => `${name} fired before the trigger`));
  if (alerts.length === 0) faults.push(...fired.map((name) => `${name} fired`));
  if (verdict !== declared) faults.push(`${verdict}, declared ${declared}`);
  const right = alerts.filter((name) => fired.includes(name)).map(after);
  const also = others.length === 0 || alerts.length === 0 ? '' : ` (also ${others.join(', ')})`;
  return { faults, said: `${right.join(', ') || 'nothing was to fire'}${also}` };
}

/** With the variables of the board put in, as Grafana does; its interval is as much shorter as the windows of the rules. */
function readBoardQueries() {
  const file = new URL('../observability/grafana/backend-load-testing.json', import.meta.url);
  const { panels, annotations } = JSON.parse(readFileSync(file, 'utf8'));
  return [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list].map(({ expr }) =>
    expr.replaceAll('$__rate_interval', '5s').replaceAll('$route', '/api/.+'),
  );
}
