import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEdge, StartOptions, System, SystemSpec } from '../target.ts';
import { meterCommand, openMeter } from '../container/meter.ts';
import { createRoster, type Roster } from '../container/roster.ts';
import { untilAnswered } from '../container/until-ready.ts';
import { toLogTail } from '../local/log-tail.ts';
import { createStopStack, type StopStack } from '../local/stop-stack.ts';
import { TargetError } from '../local/target-error.ts';
import { inspectContainers, listContainers, toService, type Container } from './containers.ts';
import { hostOf, startProxy, type Proxies } from './edges.ts';
import type { ComposeFoundation } from './foundation.ts';
import { armServices, type ComposeArm } from './model.ts';

export interface ComposeSystemOptions extends StartOptions {
  readonly spec: SystemSpec;
  readonly databaseName: string;
  readonly repositoryRoot: string;
}

interface Parts extends ComposeSystemOptions {
  readonly foundation: ComposeFoundation;
  readonly roster: Roster;
  readonly stops: StopStack;
  /** Ends what waits for something; `signal` tells it. */
  readonly end: () => void;
}

const readyDeadlineMs = 60_000;

/** Fresh containers of both services and of the front, and an empty database. */
export async function startComposeSystem(
  foundation: ComposeFoundation,
  options: ComposeSystemOptions,
): Promise<System> {
  const { docker, bootId } = foundation;
  const stops = createStopStack();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  mkdirSync(options.logFolder, { recursive: true });
  const roster = createRoster({
    monotonicMs: foundation.monotonicMs,
    bootId,
    isSupervised: options.spec.supervision !== undefined,
    memoryLimitBytes: options.spec.limits?.memoryBytes,
    openMeter: (id) =>
      openMeter((onLine) => docker.open(['exec', '--interactive', id, ...meterCommand], onLine)),
    readLogTail: (id) => readLogTail(foundation, id),
  });
  const end = (): void => ending.abort(new Error('the system is being stopped'));
  try {
    return await startParts({ ...options, signal, foundation, roster, stops, end });
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

async function startParts(parts: Parts): Promise<System> {
  const { spec, foundation, roster, stops, signal } = parts;
  const database = await foundation.databases.create(parts.databaseName, spec.databaseConnectionLimit);
  stops.add(() => database.drop());
  const faulty = spec.faultEdges ?? [];
  const proxies = await startProxies(parts, faulty);
  const databaseUrl = database.urlAt(hostOf('database', faulty));
  const downstreamUrl = `http://${hostOf('downstream', faulty)}:8001`;
  const arm: ComposeArm = { spec, databaseUrl, downstreamUrl };
  stops.add(() => removeServices(parts));
  follow(parts);
  const failed = Promise.race([
    roster.failed,
    ...Object.values(proxies).map((proxy) => proxy.failed),
    foundation.events.ended.then((how): never => {
      throw new TargetError('command-failed', `docker events ended (${how})`);
    }),
  ]);
  failed.catch(() => undefined);
  const start = [...toUp('--force-recreate', spec.replicas), ...armServices];
  await foundation.compose(arm, start, signal);
  const front = await Promise.race([failed, bringUp(parts)]);
  return {
    url: front,
    databaseUrl,
    get backends() {
      return roster.backends;
    },
    get downstreams() {
      return roster.downstreams;
    },
    cpuSeconds: () => roster.cpuSeconds(),
    observe: () => roster.observe(null),
    get incidents() {
      return roster.incidents;
    },
    disturb: async (edge, fault) => {
      const proxy = proxies[edge];
      if (proxy === undefined)
        throw new TargetError('not-supported', `the edge ${edge} of this system has no fault proxy`);
      await proxy.set(fault);
    },
    scale: async (replicas) => {
      if (spec.balancing === undefined)
        throw new TargetError('not-supported', 'a system is scaled only behind a balancer');
      await scale(parts, arm, replicas).catch((error: unknown) => {
        roster.fail(error as Error);
        throw error;
      });
    },
    failed,
    stop: () => stops.stopAll(),
  };
}

async function startProxies(parts: Parts, faulty: readonly FaultEdge[]): Promise<Proxies> {
  const proxies: Proxies = {};
  for (const edge of faulty) {
    const proxy = await startProxy(parts.foundation, edge, parts.repositoryRoot, parts);
    parts.stops.add(() => proxy.stop());
    proxies[edge] = proxy;
  }
  return proxies;
}

function follow({ foundation, roster, stops, signal, end }: Parts): void {
  foundation.setListeners({
    onStart: (id) => {
      // One that comes back has other ports.
      const comesBack = roster.members.get(id)?.ends ?? 0;
      if (comesBack === 0) return;
      void inspectContainers(foundation.docker, [id], signal)
        .then((containers) => containers.map((container) => admit(foundation, roster, container, signal)))
        .catch(() => undefined);
    },
    onEnd: (id, end) => roster.ended(id, end),
  });
  stops.add(async () => {
    end();
    foundation.setListeners(null);
    await roster.close();
  });
}

/** Takes note of where a running container can be reached; resolves when it is ready. */
async function admit(
  foundation: ComposeFoundation,
  roster: Roster,
  container: Container,
  signal: AbortSignal,
): Promise<void> {
  const { id, service, publishedPorts, isRunning } = container;
  roster.add(id, container.name, toService(container));
  if (!isRunning) {
    const { exitCode, isOomKilled } = container;
    roster.ended(id, { exitCode, isOomKilled, monotonicMs: null });
    return;
  }
  const { url, controlUrl } = toAddress(publishedPorts, service);
  if (url !== null && controlUrl !== null)
    roster.setAddress(id, { url, controlUrl, controlToken: foundation.run.controlToken });
  roster.started(id);
  if (url === null) return;
  const path = service === 'backend' ? '/readyz' : '/health';
  await untilAnswered(url + path, readyDeadlineMs, signal, () => readLogTail(foundation, id));
  roster.setReady(id, true);
}

async function readLogTail({ docker }: ComposeFoundation, id: string): Promise<string> {
  const { stdout, stderr } = await docker.attempt(['logs', '--tail', '12', id]);
  return toLogTail(stdout + stderr);
}

function toAddress(published: ReadonlyMap<number, number>, service: string) {
  const [port, controlPort] = service === 'downstream' ? [8001, 8101] : [8000, 8100];
  const at = (own: number): string | null =>
    published.has(own) ? `http://127.0.0.1:${published.get(own)}` : null;
  return { url: at(port), controlUrl: at(controlPort) };
}

/** Waits until everything answers, then sets the CPU limit; gives the address of the front. */
async function bringUp(parts: Parts): Promise<string> {
  const { foundation, signal } = parts;
  const containers = await listContainers(foundation.docker, foundation.label, signal);
  await Promise.all(containers.map((container) => admit(foundation, parts.roster, container, signal)));
  await limitCpu(parts, containers);
  const front = containers.find(({ service }) => service === 'front');
  const url = toAddress(front?.publishedPorts ?? new Map(), 'front').url;
  if (url === null) throw new TargetError('service-failed', 'the front has no port on this machine');
  return url;
}

/** From readiness on, as on the local target (docs/decisions/0009). */
async function limitCpu(
  { spec, foundation, signal }: Parts,
  containers: readonly Container[],
): Promise<void> {
  const cores = spec.limits?.cpuCores;
  const ids = containers.filter(({ service }) => service === 'backend').map(({ id }) => id);
  if (cores === undefined || ids.length === 0) return;
  await foundation.docker.run(['update', '--cpus', String(cores), ...ids], { signal });
}

async function scale(parts: Parts, arm: ComposeArm, replicas: number): Promise<void> {
  const { foundation, roster, signal } = parts;
  const before = await listContainers(foundation.docker, foundation.label, signal);
  // Compose removes those with the highest numbers.
  const leaving = before.filter(({ service, name }) => service === 'backend' && numberOf(name) > replicas);
  for (const { id } of leaving) roster.leaving(id);
  await foundation.compose(arm, [...toUp('--no-recreate', replicas), 'backend'], signal);
  for (const { id } of leaving) roster.removed(id);
  const after = await listContainers(foundation.docker, foundation.label, signal);
  const added = after.filter(({ id }) => !before.some((known) => known.id === id));
  await Promise.all(added.map((container) => admit(foundation, roster, container, signal)));
  await limitCpu(parts, added);
}

function numberOf(name: string): number {
  return Number(name.split('-').at(-1));
}

function toUp(how: '--force-recreate' | '--no-recreate', replicas: number): readonly string[] {
  return ['up', '--detach', '--no-deps', '--no-build', how, '--scale', `backend=${replicas}`];
}

/** Keeps the logs; nothing that is still in flight is waited for. */
async function removeServices({ foundation, logFolder }: Parts): Promise<void> {
  const { docker, label } = foundation;
  const own: readonly string[] = armServices;
  const containers = (await listContainers(docker, label)).filter(({ service }) => own.includes(service));
  // A log that cannot be kept must not keep its container.
  await Promise.allSettled(
    containers.map(async ({ id, name }) => {
      const { stdout, stderr } = await docker.attempt(['logs', '--timestamps', id]);
      writeFileSync(join(logFolder, `${name}.log`), stdout + stderr);
    }),
  );
  if (containers.length === 0) return;
  await docker.run(['rm', '--force', '--volumes', ...containers.map(({ id }) => id)]);
}
