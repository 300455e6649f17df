import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEdge, System } from '../target.ts';
import { startContainerSystem, toSystem, whenFailed } from '../container/container-system.ts';
import type { Proxies, SystemStart } from '../container/container-system.ts';
import type { ContainerSystemOptions } from '../container/container-target.ts';
import { startContainerProxy } from '../container/fault-proxy.ts';
import { meterCommand, openMeter } from '../container/meter.ts';
import { toLogTail } from '../local/log-tail.ts';
import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';
import { startAutoscaler, type Autoscaler } from './autoscaler.ts';
import { findEntrance } from './entrance.ts';
import type { KubernetesFoundation } from './foundation.ts';
import { enrol } from './enrolment.ts';
import { roleLabel } from './own-pods.ts';
import { hostOf, toProxyName, upstreams } from './proxy-objects.ts';
import { untilReached } from './reach.ts';
import { untilPods } from './until-pods.ts';

interface Parts extends SystemStart {
  readonly foundation: KubernetesFoundation;
}

/** With a limit of 50m a replica starts for half a minute. */
const readyDeadlineMs = 180_000;
const removalDeadlineMs = 60_000;
const ownApps = 'app.kubernetes.io/name in (backend-app, downstream-service)';

/** Fresh pods of both services and an empty database. */
export function startKubernetesSystem(
  foundation: KubernetesFoundation,
  options: ContainerSystemOptions,
): Promise<System> {
  const { client, monotonicMs, bootId } = foundation;
  const ofRoster = {
    monotonicMs,
    bootId,
    openMeter: (pod: string) =>
      openMeter((onLine) => client.open(['exec', '--stdin', pod, '--', ...meterCommand], onLine)),
    readLogTail: async (pod: string) => {
      const previous = await client.attempt(['logs', pod, '--previous', '--tail=12']);
      const { stdout } =
        previous.exitCode === 0 ? previous : await client.attempt(['logs', pod, '--tail=12']);
      return toLogTail(stdout);
    },
  };
  return startContainerSystem(options, ofRoster, (parts) => startParts({ ...parts, foundation }));
}

async function startParts(parts: Parts): Promise<System> {
  const { spec, foundation, roster, stops, signal } = parts;
  const { client, feed } = foundation;
  const database = await foundation.databases.create(parts.databaseName, spec.databaseConnectionLimit);
  stops.add(() => database.drop());
  stops.add(() => removePods(parts));
  const enrolment = enrol(foundation, roster, signal);
  stops.add(async () => {
    parts.end();
    await enrolment.stop();
    await roster.close();
  });
  const faulty = spec.faultEdges ?? [];
  const databaseUrl = database.urlAt(hostOf('database', faulty));
  const downstreamHost = hostOf('downstream', faulty);
  const downstreamUrl = `http://${downstreamHost}:8001`;
  await foundation.apply({ spec, databaseUrl, downstreamUrl }, signal);
  const proxies = await startProxies(parts, faulty);
  const failed = whenFailed(parts, proxies, { ended: feed.ended, what: 'the watch over the pods' });
  await Promise.race([failed, untilReplicas(parts, spec.replicas)]);
  const names = roster.backends.map(({ name }) => name);
  await untilReached(client, names, downstreamHost, signal);
  const url = await findEntrance(client, signal);
  const autoscaler = await startScaling(parts);
  return toSystem(parts, {
    url,
    databaseUrl,
    failed,
    proxies,
    desiredReplicas: () => autoscaler?.desiredReplicas ?? null,
    scalingObstacle:
      spec.autoscaler === undefined ? null : 'a system is scaled by hand only without an autoscaler',
    scale: async (replicas) => {
      await client.run(['scale', 'deployment/backend-app', `--replicas=${replicas}`], { signal });
      await untilReplicas(parts, replicas);
    },
  });
}

/** Ready, and to be reached from here. */
async function untilReplicas({ foundation, roster, signal }: Parts, replicas: number): Promise<void> {
  const isReached = (): boolean => {
    const all = [...roster.members.values()].filter(({ isLeaving }) => !isLeaving);
    const readyOf = (service: string): number =>
      all.filter((member) => member.service === service && member.isReady && member.address !== null).length;
    const backends = all.filter(({ service }) => service === 'backend').length;
    return readyOf('backend') === replicas && backends === replicas && readyOf('downstream') === 1;
  };
  const what = `the system (${replicas} × backend, downstream)`;
  await untilPods(foundation.feed, isReached, { what, deadlineMs: readyDeadlineMs, signal });
}

async function startProxies(parts: Parts, faulty: readonly FaultEdge[]): Promise<Proxies> {
  const { foundation, repositoryRoot, stops, signal } = parts;
  const { client, feed } = foundation;
  const proxies: Proxies = {};
  for (const edge of faulty) {
    const name = toProxyName(edge);
    const isRunning = (): boolean => feed.pods.get(name)?.isRunning ?? false;
    await untilPods(feed, isRunning, { what: name, deadlineMs: readyDeadlineMs, signal });
    const proxy = await startContainerProxy({
      name,
      repositoryRoot,
      setUp: { port: upstreams[edge].port, upstream: upstreams[edge] },
      open: (onLine) => client.open(['attach', '--stdin', '--quiet', name], onLine),
      signal,
    });
    stops.add(() => proxy.stop());
    proxies[edge] = proxy;
  }
  return proxies;
}

async function startScaling({ spec, foundation, stops, signal }: Parts): Promise<Autoscaler | undefined> {
  if (spec.autoscaler === undefined) return undefined;
  const autoscaler = await startAutoscaler(foundation.client, spec.autoscaler, signal);
  stops.add(() => autoscaler.stop());
  return autoscaler;
}

/** Keeps the logs; nothing that is still in flight is waited for. */
async function removePods({ foundation, logFolder }: Parts): Promise<void> {
  const { client, feed } = foundation;
  const own = () =>
    [...feed.pods.values()].filter(({ service, name }) => service !== 'other' || isProxy(name));
  // A log that cannot be kept must not keep its pod.
  await Promise.allSettled(
    own().map(async ({ name, restarts }) => {
      const before = restarts > 0 ? (await client.attempt(['logs', name, '--previous'])).stdout : '';
      const { stdout } = await client.attempt(['logs', name, '--timestamps']);
      writeFileSync(join(logFolder, `${name}.log`), before + stdout);
    }),
  );
  await client.run(['scale', 'deployment/backend-app', 'deployment/downstream-service', '--replicas=0']);
  const soon = ['--grace-period=1', '--wait=false', '--ignore-not-found'];
  const haveGone = await waitUntil(
    async () => {
      if (own().length === 0) return true;
      // Again and again: one that was just being made is not there yet to be removed.
      await client.attempt(['delete', 'pods', '--selector', ownApps, ...soon]);
      await client.attempt(['delete', 'pods,services', '--selector', roleLabel, ...soon]);
      return false;
    },
    { deadlineMs: removalDeadlineMs, intervalMs: 500 },
  );
  if (!haveGone) throw new TargetError('service-failed', 'the pods of the system did not end');
}

function isProxy(name: string): boolean {
  return name.startsWith('proxy-');
}
