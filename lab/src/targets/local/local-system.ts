import { join } from 'node:path';
import type { Replica, StartOptions, System, SystemSpec } from '../target.ts';
import { readCpuSeconds } from './cpu-seconds.ts';
import type { Foundation } from './foundation.ts';
import type { LocalHost } from './local-host.ts';
import { assertPortsFree, findFreePort, specPorts } from './ports.ts';
import { waitUntilReady } from './readiness.ts';
import { startService } from './service-process.ts';
import type { ServiceProcess } from './service-process.ts';
import { createStopStack } from './stop-stack.ts';
import type { StopStack } from './stop-stack.ts';

/** How long a service may finish what is in flight when it is told to end. */
const gracePeriodMs = 1_000;
/** From SIGTERM to SIGKILL: the service's own end comes first. */
const killAfterMs = 2_000;

export interface LocalSystemOptions extends StartOptions {
  readonly spec: SystemSpec;
  readonly databaseName: string;
  readonly repositoryRoot: string;
}

/** A fresh downstream, a fresh backend and an empty database; both services start at the same time. */
export async function startSystem(
  host: LocalHost,
  foundation: Foundation,
  options: LocalSystemOptions,
): Promise<System> {
  const { guard, database: server } = foundation;
  const { spec, signal } = options;
  const ports = await choosePorts(host, spec.ports);
  const stops = createStopStack();
  const launch = createLauncher(host, foundation, options, stops);
  try {
    const database = await server.createDatabase(options.databaseName, signal);
    stops.add(() => database.drop());
    const [downstream, backend] = await allStarted([
      launch('downstream-1', 'downstream-slow-service', {
        ...toPortVariables(ports.downstream, ports.downstreamControl),
        ...spec.downstreamEnvironment,
      }),
      launch('backend-1', 'app', {
        ...toPortVariables(ports.backend, ports.backendControl),
        DATABASE_URL: database.url,
        DOWNSTREAM_SERVICE_URL: `http://127.0.0.1:${ports.downstream}`,
        ...spec.backendEnvironment,
      }),
    ]);
    const failed = toFailure([downstream.failed, backend.failed, server.failed, guard.failed]);
    const backends = [toReplica('backend-1', backend)];
    await Promise.race([
      failed,
      Promise.all(backends.map(({ url }) => waitUntilReady(url, backend.logFile, signal))),
    ]);
    const pids = [downstream.pid, backend.pid];
    const families = server.postmasterPid === null ? [] : [server.postmasterPid];
    return {
      url: `http://127.0.0.1:${backend.port}`,
      databaseUrl: database.url,
      backends,
      downstreams: [toReplica('downstream-1', downstream)],
      cpuSeconds: () => Promise.resolve(readCpuSeconds(pids, families, host.platform)),
      failed,
      stop: () => stops.stopAll(),
    };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

type Launch = (name: string, program: string, environment: Record<string, string>) => Promise<ServiceProcess>;

function createLauncher(
  host: LocalHost,
  { guard, environment: base, workspace }: Foundation,
  { repositoryRoot, logFolder, signal }: LocalSystemOptions,
  stops: StopStack,
): Launch {
  return async (name, program, environment) => {
    const service = await startService(host, {
      name,
      program: join(repositoryRoot, program, 'dist', 'main.js'),
      environment: { ...base, ...commonEnvironment(name), ...environment },
      folder: workspace.workFolder,
      logFolder,
      graceMs: killAfterMs,
      guard,
      signal,
    });
    stops.add(() => service.stop());
    return service;
  };
}

interface SystemPorts {
  readonly backend: number;
  readonly backendControl: number;
  readonly downstream: number;
  readonly downstreamControl: number;
}

/** The downstream's port is needed before it listens, by the backend; the others can be left to the system (0). */
async function choosePorts(host: LocalHost, choice: SystemSpec['ports']): Promise<SystemPorts> {
  if (choice === 'auto') {
    return { backend: 0, backendControl: 0, downstream: await findFreePort(), downstreamControl: 0 };
  }
  await assertPortsFree(host, Object.values(specPorts));
  return specPorts;
}

function commonEnvironment(replicaName: string): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    CONTROL_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    REPLICA_NAME: replicaName,
    GRACE_PERIOD_MS: String(gracePeriodMs),
    // glibc hands freed chunks out again, so a leak would not show in the RSS from its third cycle on (mallopt(3)).
    MALLOC_MMAP_THRESHOLD_: '131072',
  };
}

function toPortVariables(port: number, controlPort: number): Record<string, string> {
  return { PORT: String(port), CONTROL_PORT: String(controlPort) };
}

function toReplica(name: string, service: ServiceProcess): Replica {
  return {
    name,
    url: `http://127.0.0.1:${service.port}`,
    controlUrl: `http://127.0.0.1:${service.controlPort}`,
  };
}

/** All or the first error, but not before every start has come to its end: what has started can then be stopped. */
async function allStarted(
  starts: readonly [Promise<ServiceProcess>, Promise<ServiceProcess>],
): Promise<readonly [ServiceProcess, ServiceProcess]> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

function toFailure(causes: readonly Promise<never>[]): Promise<never> {
  const failed = Promise.race(causes);
  failed.catch(() => undefined);
  return failed;
}
