import { join } from 'node:path';
import { parseProtections, UsageError } from '../core/settings.ts';
import { createEmbeddedDriver } from '../drivers/embedded/embedded.ts';
import { toSystemSpec } from '../experiment/system-spec.ts';
import { createLocalTarget } from '../targets/local/local.ts';
import type { System } from '../targets/target.ts';
import { findScenario, loadScenarios } from './catalogue.ts';
import type { AddCommand } from './command.ts';
import type { Host } from './host.ts';
import { databaseUrlOf } from './measuring-run.ts';
import { newRunId, runsFolder } from './run-folder.ts';
import { toTracingEnvironment } from './tracing.ts';
import { putSteadyLoad } from './steady-load.ts';

interface UpOptions {
  readonly ports: string;
  readonly load?: boolean;
  readonly json?: boolean;
  readonly with?: string;
  readonly scenario: string;
  readonly databaseUrl?: string;
}

export const addUpCommand: AddCommand = (program, host, finish) => {
  program
    .command('up')
    .description('starts the system and keeps it running until Ctrl-C')
    .option('--ports <spec|auto>', 'spec: 8000, 8001, 8100, 8101; auto: free ones', 'spec')
    .option('--load', 'a light steady load, and one line of live figures a second')
    .option('--with <protections>', 'protections that are on from the start')
    .option('--scenario <name>', 'the system of this scenario: pools, limits, replicas', 'cascade-failure')
    .option('--database-url <url>', 'a PostgreSQL to use instead of the embedded one')
    .option('--json', 'prints one line of JSON when everything is ready')
    .action(async (options: UpOptions) => {
      await up(host, options);
      finish(0);
    });
};

async function up(host: Host, options: UpOptions): Promise<void> {
  if (options.ports !== 'spec' && options.ports !== 'auto')
    throw new UsageError(`--ports ${options.ports}: expected spec or auto`);
  const scenario = findScenario(await loadScenarios(), options.scenario);
  const runId = newRunId(host);
  const log = (line: string) => host.stderr.write(`${line}\n`);
  const target = createLocalTarget(host.local, {
    runId,
    repositoryRoot: host.repositoryRoot,
    databaseUrl: databaseUrlOf(host, options.databaseUrl),
    log,
  });
  try {
    if (options.json !== true) log('starting PostgreSQL, the downstream service and the backend …');
    const protections = options.with === undefined ? {} : parseProtections(options.with);
    const spec = toSystemSpec(scenario.system, protections, options.ports);
    const tracing = toTracingEnvironment(host, log);
    const traced = {
      ...spec,
      backendEnvironment: { ...spec.backendEnvironment, ...tracing },
      downstreamEnvironment: { ...spec.downstreamEnvironment, ...tracing },
    };
    const system = await target.start(traced, {
      signal: host.signal,
      logFolder: join(runsFolder(host), runId, 'logs'),
    });
    host.stdout.write(options.json === true ? `${JSON.stringify(toAddresses(system))}\n` : welcome(system));
    const ended = new Promise<void>((resolve) => {
      host.signal.addEventListener('abort', () => resolve(), { once: true });
      if (host.signal.aborted) resolve();
    });
    const load = options.load === true ? steadyLoad(host, target, system) : new Promise<never>(() => {});
    await Promise.race([ended, system.failed, load]);
  } catch (error) {
    if (!host.signal.aborted) throw error;
  } finally {
    await target.close();
  }
}

function steadyLoad(
  host: Host,
  target: ReturnType<typeof createLocalTarget>,
  system: System,
): Promise<never> {
  const driver = createEmbeddedDriver({
    execPath: host.local.execPath,
    environment: target.markerEnvironment,
    onSpawn: (pid) => target.registerProcess(pid),
  });
  return putSteadyLoad(host, driver, system);
}

/** The line of `lab up --json`: a contract (docs/schemas/up.schema.json). */
function toAddresses(system: System) {
  return {
    backend: system.url,
    downstream: system.downstreams[0]?.url ?? '',
    control: {
      backend: system.backends.map(({ controlUrl }) => controlUrl),
      downstream: system.downstreams.map(({ controlUrl }) => controlUrl),
    },
    database: system.databaseUrl,
    replicas: system.backends.map(({ url }) => url),
  };
}

function welcome(system: System): string {
  const { backend, downstream, control, database } = toAddresses(system);
  return `
  backend      ${backend}      docs ${backend}/docs
  downstream   ${downstream}
  control      ${control.backend.join(' ')} (backend)   ${control.downstream.join(' ')} (downstream)
  database     ${database}

  Break it:    curl -X PUT ${control.downstream[0]}/behaviour -H 'content-type: application/json' -d '{"delayMs":1000,"ttlMs":20000}'
  Protect it:  curl -X PUT ${control.backend[0]}/protections/release-connection -H 'content-type: application/json' -d '{"enabled":true}'
  All of them: curl ${control.backend[0]}/protections
  Undo:        curl -X POST ${control.backend[0]}/reset ; curl -X POST ${control.downstream[0]}/reset
  Stop:        Ctrl-C

`;
}
