import { mkdirSync } from 'node:fs';
import type { FaultEdge, Incident, Replica, StartOptions, System, SystemSpec } from '../target.ts';
import { startAutoscaling } from './autoscaling.ts';
import { createBackend } from './backend.ts';
import { createLocalClock, type LocalClock } from './clock.ts';
import { readCpuSeconds, readEndedChildrenSeconds } from './cpu-seconds.ts';
import type { Foundation } from './foundation.ts';
import { followEndpoints } from './front.ts';
import type { Confiner } from './limits/confinement.ts';
import type { LocalHost } from './local-host.ts';
import { cpuSecondsOf, observeSystem } from './observation.ts';
import { assertPortsFree, findFreePort, specPorts } from './ports.ts';
import { startBalancer, type Balancer } from './relay/balancer.ts';
import { startFaultProxy, type FaultProxy } from './relay/fault-proxy.ts';
import type { ReplicaSet } from './replica-set.ts';
import { createLauncher } from './service-launcher.ts';
import type { ServiceProcess } from './service-process.ts';
import { createStopStack, type StopStack } from './stop-stack.ts';
import { TargetError } from './target-error.ts';

export interface LocalSystemOptions extends StartOptions {
  readonly spec: SystemSpec;
  readonly databaseName: string;
  readonly repositoryRoot: string;
  readonly confiner: Confiner | null;
}

/** Everything that the parts of one system are started with. */
interface Parts extends LocalSystemOptions {
  readonly host: LocalHost;
  readonly foundation: Foundation;
  readonly stops: StopStack;
}

/**
 * A fresh downstream, fresh replicas of the backend and an empty database; with a balancer in front and proxies on the
 * edges where the specification wants them.
 */
export async function startSystem(
  host: LocalHost,
  foundation: Foundation,
  options: LocalSystemOptions,
): Promise<System> {
  const stops = createStopStack();
  mkdirSync(options.logFolder, { recursive: true });
  try {
    return await startParts({ ...options, host, foundation, stops });
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

async function startParts(parts: Parts): Promise<System> {
  const { spec, host, foundation, stops, signal } = parts;
  const { database: server, guard } = foundation;
  const ports = await choosePorts(host, spec.ports);
  const clock = createLocalClock(host);
  const launch = createLauncher(host, foundation, parts);
  const database = await server.createDatabase(parts.databaseName, {
    connectionLimit: spec.databaseConnectionLimit,
    signal,
  });
  stops.add(() => database.drop());
  const downstreamUrl = `http://127.0.0.1:${ports.downstream}`;
  const proxies = await startProxies(parts, { database: database.url, downstream: downstreamUrl });
  const downstreamStart = launch(
    'downstream-1',
    'downstream-slow-service',
    { ...toPortVariables(ports.downstream, ports.downstreamControl), ...spec.downstreamEnvironment },
    { signal },
  );
  downstreamStart.then((service) => stops.add(() => service.stop())).catch(() => undefined);
  const set = createBackend({
    spec,
    environment: {
      DATABASE_URL: through(proxies.database, database.url),
      DOWNSTREAM_SERVICE_URL: through(proxies.downstream, downstreamUrl),
      ...spec.backendEnvironment,
    },
    ports: spec.ports === 'spec' ? { port: ports.backend, controlPort: ports.backendControl } : null,
    launch,
    confiner: parts.confiner,
    clock,
    signal,
  });
  stops.add(() => set.stop());
  // Both have come to their end before anything is stopped again.
  const backendStart = set.scale(spec.replicas);
  await Promise.allSettled([downstreamStart, backendStart]);
  const downstream = await downstreamStart;
  const helpers = [...Object.values(proxies), ...(await startFront(parts, set, clock))];
  await Promise.race([backendStart, server.failed, guard.failed]);
  const autoscaling = startAutoscaler(parts, set, clock);
  const failed = toFailure([
    downstream.failed,
    set.failed,
    server.failed,
    guard.failed,
    ...helpers.map((helper) => helper.failed),
    ...(autoscaling === undefined ? [] : [autoscaling.failed]),
  ]);
  const balancer = helpers.find((helper): helper is Balancer => 'setEndpoints' in helper);
  const helperPids = helpers.map(({ pid }) => pid);
  return {
    url: balancer === undefined ? (set.replicas[0]?.address.url ?? '') : `http://127.0.0.1:${balancer.port}`,
    databaseUrl: database.url,
    get backends() {
      return runningOf(set);
    },
    downstreams: [toReplica('downstream-1', downstream)],
    cpuSeconds: () => Promise.resolve(readAllCpuSeconds(parts, set, [downstream.pid, ...helperPids])),
    observe: () =>
      observeSystem({
        set,
        limits: spec.limits,
        balancer,
        desiredReplicas: () => autoscaling?.replicas ?? null,
        platform: host.platform,
      }),
    get incidents(): readonly Incident[] {
      return set.incidents;
    },
    disturb: async (edge, fault) => {
      const proxy = proxies[edge];
      if (proxy === undefined)
        throw new TargetError('not-supported', `the edge ${edge} of this system has no fault proxy`);
      await proxy.set(fault);
    },
    scale: async (replicas) => {
      if (spec.balancing === undefined || spec.autoscaler !== undefined)
        throw new TargetError(
          'not-supported',
          'a system is scaled by hand only behind a balancer and without an autoscaler',
        );
      await set.scale(replicas);
    },
    failed,
    stop: () => stops.stopAll(),
  };
}

/** Those whose process runs now. */
function runningOf(set: ReplicaSet): readonly Replica[] {
  return set.replicas.filter(({ pid }) => pid !== null).map(({ address }) => address);
}

type Proxies = Partial<Record<FaultEdge, FaultProxy>>;

async function startProxies(parts: Parts, upstreams: Readonly<Record<FaultEdge, string>>): Promise<Proxies> {
  const proxies: Proxies = {};
  for (const edge of parts.spec.faultEdges ?? []) {
    const { hostname, port } = new URL(upstreams[edge]);
    const proxy = await startFaultProxy(parts.host, {
      ...toRelayOptions(parts),
      name: `proxy-${edge}`,
      upstream: { host: hostname, port: Number(port || 5432) },
    });
    parts.stops.add(() => proxy.stop());
    proxies[edge] = proxy;
  }
  return proxies;
}

/** The same address behind the proxy. */
function through(proxy: FaultProxy | undefined, address: string): string {
  if (proxy === undefined) return address;
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return url.href.replace(/\/$/, '');
}

async function startFront(parts: Parts, set: ReplicaSet, clock: LocalClock): Promise<readonly Balancer[]> {
  const { balancing } = parts.spec;
  if (balancing === undefined) return [];
  const balancer = await startBalancer(parts.host, { ...toRelayOptions(parts), level: balancing.level });
  parts.stops.add(() => balancer.stop());
  const ending = new AbortController();
  parts.stops.add(() => ending.abort());
  await followEndpoints(balancer, set, balancing, clock, ending.signal);
  return [balancer];
}

function startAutoscaler(parts: Parts, set: ReplicaSet, clock: LocalClock) {
  const { spec, host, stops } = parts;
  if (spec.autoscaler === undefined) return undefined;
  const autoscaling = startAutoscaling({
    policy: spec.autoscaler,
    replicas: spec.replicas,
    clock,
    read: () => [
      ...set.replicas.map((replica) => ({
        name: replica.address.name,
        ready: replica.isReady,
        startedMonotonicMs: replica.startedMs,
        cpuSeconds: cpuSecondsOf(replica, host.platform),
      })),
      ...[...set.pending].map(([name, startedMonotonicMs]) => ({
        name,
        ready: false,
        startedMonotonicMs,
        cpuSeconds: null,
      })),
    ],
    scaleTo: (replicas) => set.scale(replicas),
  });
  stops.add(() => autoscaling.stop());
  return autoscaling;
}

function toRelayOptions({ foundation, repositoryRoot, logFolder, signal }: Parts) {
  const { workspace, environment, guard } = foundation;
  return { port: 0, folder: workspace.workFolder, environment, guard, signal, repositoryRoot, logFolder };
}

/** Of running processes, PostgreSQL's, and children of the lab that have ended: replicas that were restarted or removed. */
function readAllCpuSeconds(
  { host, foundation }: Parts,
  set: ReplicaSet,
  others: readonly number[],
): number | null {
  const replicas = set.replicas.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  const { postmasterPid } = foundation.database;
  const families = postmasterPid === null ? [] : [postmasterPid];
  const running = readCpuSeconds([...replicas, ...others], families, host.platform);
  const ended = readEndedChildrenSeconds(host.pid);
  return running === null || ended === null ? null : running + ended;
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

function toFailure(causes: readonly Promise<never>[]): Promise<never> {
  const failed = Promise.race(causes);
  failed.catch(() => undefined);
  return failed;
}
