import { join } from 'node:path';
import { startChild } from '../bench/child.ts';
import { compareGenerators } from '../bench/generator-cost.ts';
import { toGenerator } from '../bench/generator-driver.ts';
import { findGenerators } from '../bench/generator-programs.ts';
import { compareInserts } from '../bench/inserts.ts';
import { measureMerge } from '../bench/merge-cost.ts';
import { measureProtections } from '../bench/protections.ts';
import { measureRelays } from '../bench/relay-cost.ts';
import { compareThroughput } from '../bench/throughput.ts';
import type { Scenario } from '../core/scenario.ts';
import { createEmbeddedDriver } from '../drivers/embedded/embedded.ts';
import { toSystemSpec } from '../experiment/system-spec.ts';
import { createLocalTarget } from '../targets/local/local.ts';
import type { GuardedTarget } from '../targets/target.ts';
import { acquireRunLock } from '../targets/local/run-lock.ts';
import { findScenario, loadScenarios } from './catalogue.ts';
import type { AddCommand } from './command.ts';
import { describeEnvironment } from './environment.ts';
import type { Host } from './host.ts';
import { findProgram } from './program-path.ts';
import { newRunId, runsFolder } from './run-folder.ts';

const rates = [1000, 3000];

export const addBenchCommand: AddCommand = (program, host) => {
  program
    .command('bench')
    .description('what the services and the driver cost, side by side in one run; prints JSON')
    .action(async () => {
      const runId = newRunId(host);
      const lock = acquireRunLock(host.local, runId);
      const target = createLocalTarget(host.local, { runId, repositoryRoot: host.repositoryRoot });
      try {
        host.stdout.write(`${JSON.stringify(await bench(host, target, runId), null, 2)}\n`);
      } finally {
        await target.close();
        lock.release();
      }
    });
};

async function bench(host: Host, target: GuardedTarget, runId: string) {
  const log = (line: string) => host.stderr.write(`${line}\n`);
  const scenario = findScenario(await loadScenarios(), 'baseline');
  log('start-up …');
  const startedMs = host.clock.monotonicMs();
  const quiet = await startBackend(host, target, scenario, runId, { LOG_LEVEL: 'warn' });
  const startUpSeconds = (host.clock.monotonicMs() - startedMs) / 1000;
  const logging = await startBackend(host, target, scenario, runId, {
    LOG_LEVEL: 'info',
    REQUEST_LOGS: 'true',
  });
  const children = {
    execPath: host.local.execPath,
    environment: target.markerEnvironment,
    onSpawn: (pid: number) => target.registerProcess(pid),
  };
  const body = await host.http.request('GET', `${quiet.url}/health`, {
    timeoutMs: 2000,
    signal: host.signal,
  });
  const bare = startChild(children, 'bare-server', { BODY: body });
  try {
    const { port } = await bare.next<{ port: number }>();
    log('throughput of /health, in turns …');
    const throughput = await compareThroughput(children, [
      { name: 'bareNodeHttp', port, path: '/' },
      { name: 'health', port: portOf(quiet.url), path: '/health' },
      { name: 'healthWithRequestLogs', port: portOf(logging.url), path: '/health' },
    ]);
    log('inserts: pgbench, bare handler, POST /api/tasks, in turns …');
    const inserts = await compareInserts(children, {
      backendPort: portOf(quiet.url),
      databaseUrl: quiet.databaseUrl,
      pgbench: findProgram(host, 'pgbench'),
      folder: join(runsFolder(host), runId),
    });
    await Promise.all([quiet.stop(), logging.stop()]);
    log('what a protection costs that is on and has nothing to do …');
    const protections = await measureProtections(children, host.repositoryRoot);
    log('the bare server through each relay, in turns …');
    const relays = await measureRelays(children, port);
    log('seconds of several generators merged into one …');
    const merge = measureMerge();
    const contestants = [
      toGenerator(createEmbeddedDriver({ ...children })),
      ...findGenerators(children, (name) => findProgram(host, name)),
    ];
    const generators = [];
    for (const ratePerSecond of rates) {
      log(`generators at ${ratePerSecond}/s, one after the other …`);
      const generatorTarget = { url: `http://127.0.0.1:${port}/`, ratePerSecond, signal: host.signal };
      generators.push(await compareGenerators(bare, contestants, generatorTarget));
    }
    return {
      environment: await describeEnvironment(host, await target.describe()),
      startUpSeconds: Number(startUpSeconds.toFixed(2)),
      throughput,
      inserts,
      protections,
      relays,
      merge,
      generators,
    };
  } finally {
    await bare.stop();
  }
}

async function startBackend(
  host: Host,
  target: GuardedTarget,
  scenario: Scenario,
  runId: string,
  environment: Readonly<Record<string, string>>,
) {
  const spec = toSystemSpec(scenario.system, {});
  return target.start(
    { ...spec, backendEnvironment: { ...spec.backendEnvironment, ...environment } },
    {
      signal: host.signal,
      logFolder: join(runsFolder(host), runId, 'logs', environment['LOG_LEVEL'] ?? 'bench'),
    },
  );
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
