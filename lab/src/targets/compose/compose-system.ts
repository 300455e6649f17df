import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEdge, System } from '../target.ts';
import { startContainerSystem, toSystem, whenFailed } from '../container/container-system.ts';
import type { Proxies, SystemStart } from '../container/container-system.ts';
import type { ContainerSystemOptions } from '../container/container-target.ts';
import { meterCommand, openMeter } from '../container/meter.ts';
import type { Roster } from '../container/roster.ts';
import { untilAnswered } from '../container/until-ready.ts';
import { toLogTail } from '../local/log-tail.ts';
import { TargetError } from '../local/target-error.ts';
import { inspectContainers, listContainers, toService, type Container } from './containers.ts';
import { hostOf, startProxy } from './edges.ts';
import type { ComposeFoundation } from './foundation.ts';
import { armServices, type ComposeArm } from './model.ts';

interface Parts extends SystemStart {
  readonly foundation: ComposeFoundation;
}

const readyDeadlineMs = 60_000;

/** Fresh containers of both services and of the front, and an empty database. */
export function startComposeSystem(
  foundation: ComposeFoundation,
  options: ContainerSystemOptions,
): Promise<System> {
  const { docker, monotonicMs, bootId } = foundation;
  const ofRoster = {
    monotonicMs,
    bootId,
    openMeter: (id: string) =>
      openMeter((onLine) => docker.open(['exec', '--interactive', id, ...meterCommand], onLine)),
    readLogTail: (id: string) => readLogTail(foundation, id),
  };
  return startContainerSystem(options, ofRoster, (parts) => startParts({ ...parts, foundation }));
}

async function startParts(parts: Parts): Promise<System> {
  const { spec, foundation, stops, signal } = parts;
  const database = await foundation.databases.create(parts.databaseName, spec.databaseConnectionLimit);
  stops.add(() => database.drop());
  const faulty = spec.faultEdges ?? [];
  const proxies = await startProxies(parts, faulty);
  const databaseUrl = database.urlAt(hostOf('database', faulty));
  const downstreamUrl = `http://${hostOf('downstream', faulty)}:8001`;
  const arm: ComposeArm = { spec, databaseUrl, downstreamUrl };
  stops.add(() => removeServices(parts));
  follow(parts);
  const failed = whenFailed(parts, proxies, { ended: foundation.events.ended, what: 'docker events' });
  const start = [...toUp('--force-recreate', spec.replicas), ...armServices];
  await foundation.compose(arm, start, signal);
  return toSystem(parts, {
    url: await Promise.race([failed, bringUp(parts)]),
    databaseUrl,
    failed,
    proxies,
    desiredReplicas: () => null,
    scalingObstacle: spec.balancing === undefined ? 'a system is scaled only behind a balancer' : null,
    scale: (replicas) => scale(parts, arm, replicas),
  });
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
