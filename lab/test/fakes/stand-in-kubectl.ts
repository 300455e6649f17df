import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodObject } from '../../src/targets/kubernetes/pods.ts';
import {
  answerAsProxy,
  createStandInProgram,
  meterLines,
  startStandInService,
  type StandInCommand,
  type StandInService,
} from './stand-in-program.ts';

interface StandInPod {
  readonly name: string;
  readonly app: string;
  readonly environment: Readonly<Record<string, string>>;
  forwarded: readonly StandInService[];
  restarts: number;
  terminated: { readonly exitCode: number; readonly reason: string } | null;
  waiting: { readonly reason: string; readonly message: string } | null;
  isDeleting: boolean;
}

/** A cluster whose pods are HTTP servers of the test, once they are forwarded, and a client `kubectl` for it. */
export function createStandInKubectl({
  context = 'minikube',
  server = 'https://192.168.49.2:8443',
  hasMetrics = true,
  missingImage = false,
} = {}) {
  const pods = new Map<string, StandInPod>();
  const faults: string[] = [];
  const applied: string[] = [];
  let watch: StandInCommand | null = null;
  let leftovers: object = { items: [] };
  let entrance: StandInService | null = null;
  let bootId = 'unknown';
  let count = 0;

  function tell(type: string, pod: StandInPod): void {
    watch?.say(JSON.stringify({ type, object: toObject(pod) }));
  }

  function addPod(app: string, name: string, environment: Readonly<Record<string, string>>): void {
    const pod: StandInPod = {
      name,
      app,
      environment,
      forwarded: [],
      restarts: 0,
      terminated: null,
      isDeleting: false,
      waiting: missingImage && app !== 'postgres' ? imageObstacle : null,
    };
    pods.set(name, pod);
    tell('ADDED', pod);
  }

  function end(pod: StandInPod, exitCode: number, reason: string): void {
    pod.terminated = { exitCode, reason };
    tell('MODIFIED', pod);
    setTimeout(() => {
      pod.restarts += 1;
      tell('MODIFIED', pod);
    }, 50);
  }

  function remove(pod: StandInPod): void {
    pods.delete(pod.name);
    pod.forwarded.forEach((service) => service.close());
    tell('DELETED', pod);
  }

  function scale(app: string, replicas: number, environment: Readonly<Record<string, string>>): void {
    const existing = [...pods.values()].filter((pod) => pod.app === app);
    existing.slice(replicas).forEach(remove);
    for (let number = existing.length; number < replicas; number += 1)
      addPod(app, `${app}-5d8f-${(count += 1)}`, environment);
  }

  /** What the patches of the overlay say, without kustomize. */
  async function apply({ args, exit, onLine }: StandInCommand): Promise<void> {
    if (args.includes('--filename')) {
      onLine((line) => {
        applied.push(line);
        exit(0);
      });
      return;
    }
    entrance ??= await startStandInService(
      () => ({}),
      () => undefined,
    );
    const overlay = args.at(-1) ?? '';
    const { patches, resources } = JSON.parse(readFileSync(join(overlay, 'kustomization.yaml'), 'utf8')) as {
      readonly resources: readonly string[];
      readonly patches: readonly { readonly patch: string }[];
    };
    if (!pods.has('postgres-0')) addPod('postgres', 'postgres-0', {});
    if (resources.includes('objects.yaml')) {
      const objects = readFileSync(join(overlay, 'objects.yaml'), 'utf8').split('---\n');
      for (const object of objects.map((text) => JSON.parse(text) as KindAndName))
        if (object.kind === 'Pod') addPod(object.metadata.name, object.metadata.name, {});
    }
    for (const { metadata, spec } of patches.map(({ patch }) => JSON.parse(patch) as DeploymentPatch))
      if (spec?.replicas !== undefined)
        scale(metadata.name, spec.replicas, toEnvironment(spec.template?.spec.containers[0]?.env ?? []));
    exit(0);
  }

  async function forward({ args, say, onClose }: StandInCommand): Promise<void> {
    const pod = pods.get(args.find((word) => word.startsWith('pod/'))?.slice(4) ?? '');
    if (pod === undefined) return;
    const ports = args.filter((word) => /^\d+:\d+$/.test(word)).map((word) => word.split(':').map(Number));
    const crash = (): void => end(pod, 7, 'Error');
    pod.forwarded = await Promise.all(
      ports.map(([local = 0]) => startStandInService(() => pod.environment, crash, local)),
    );
    onClose(() => pod.forwarded.forEach((service) => service.close()));
    for (const [local, own] of ports) say(`Forwarding from 127.0.0.1:${local} -> ${own}`);
  }

  function execute({ args, say, exit, onLine }: StandInCommand): void {
    if (args.includes('psql')) {
      say('15.8');
      exit(0);
    } else if (!args.includes('--stdin')) {
      say('1');
      exit(0);
    } else onLine(() => [...meterLines, `boot ${bootId}`, 'end'].forEach((line) => say(line)));
  }

  function get({ args, say, exit }: StandInCommand): void {
    const [, what = ''] = args;
    if (what === 'service') say(JSON.stringify({ spec: { ports: [{ nodePort: entrance?.port }] } }));
    if (what === 'nodes')
      say(
        JSON.stringify({
          items: [{ status: { addresses: [{ type: 'InternalIP', address: '127.0.0.2' }] } }],
        }),
      );
    if (what === 'namespaces') say(JSON.stringify(leftovers));
    exit(args.some((word) => word.includes('metrics.k8s.io')) && !hasMetrics ? 1 : 0);
  }

  function follow(command: StandInCommand): void {
    if (command.args[1] === 'hpa') command.say('2');
    else {
      watch = command;
      for (const pod of pods.values()) tell('ADDED', pod);
    }
  }

  function configure({ args, say, exit }: StandInCommand): void {
    if (args.includes('current-context')) say(context);
    else say(JSON.stringify({ clusters: [{ cluster: { server } }] }));
    exit(context === '' ? 1 : 0);
  }

  function answer({ args, say, exit }: StandInCommand): void {
    const [verb = ''] = args;
    if (verb === 'logs') say('the last words');
    if (verb === 'scale') {
      const replicas = Number(args.find((word) => word.startsWith('--replicas='))?.slice(11));
      for (const app of args.filter((word) => word.startsWith('deployment/')).map((word) => word.slice(11))) {
        const [first] = [...pods.values()].filter((pod) => pod.app === app);
        scale(app, replicas, first?.environment ?? {});
      }
    }
    if (verb === 'delete' && args.includes('backend-load-testing.role'))
      [...pods.values()].filter(({ app }) => app.startsWith('proxy-')).forEach(remove);
    if (verb === 'delete' && args.includes('namespace') && !args.includes('--wait=false'))
      [...pods.values()].forEach(remove);
    exit(0);
  }

  const { path, calls } = createStandInProgram('kubectl', (command) => {
    const isPrefixed = command.args[0] === '--context';
    const own = { ...command, args: isPrefixed ? command.args.slice(4) : command.args };
    const [verb = ''] = own.args;
    if (verb === 'config') configure(own);
    else if (verb === 'apply') void apply(own);
    else if (verb === 'get' && own.args.includes('--watch')) follow(own);
    else if (verb === 'get') get(own);
    else if (verb === 'exec') execute(own);
    else if (verb === 'port-forward') void forward(own);
    else if (verb === 'attach') answerAsProxy(own, faults);
    else answer(own);
  });
  return {
    path,
    calls,
    faults,
    applied,
    left: () => [...pods.keys()],
    setBootId: (id: string) => (bootId = id),
    setLeftovers: (list: object) => (leftovers = list),
    killByLimit: () => {
      const backend = [...pods.values()].find(({ app }) => app === 'backend-app');
      if (backend !== undefined) end(backend, 137, 'OOMKilled');
    },
  };
}

const imageObstacle = { reason: 'ErrImageNeverPull', message: 'Container image is not present' } as const;

interface KindAndName {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

interface DeploymentPatch {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec: {
        readonly containers: readonly {
          readonly env: readonly { readonly name: string; readonly value: string }[];
        }[];
      };
    };
  };
}

function toEnvironment(variables: readonly { readonly name: string; readonly value: string }[]) {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** As the API server gives a pod, shortened to what is read of it. */
function toObject({ name, app, restarts, terminated, waiting, isDeleting }: StandInPod): PodObject {
  const hasComeBack = terminated === null || restarts > 0;
  const state =
    waiting !== null ? { waiting } : hasComeBack ? { running: {} } : { terminated: terminated ?? undefined };
  return {
    metadata: {
      name,
      labels: { 'app.kubernetes.io/name': app },
      ...(isDeleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    status: {
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [
        {
          image: 'docker.io/library/backend-app:local',
          ready: hasComeBack && waiting === null,
          restartCount: restarts,
          state,
          ...(terminated !== null && hasComeBack && { lastState: { terminated } }),
        },
      ],
    },
  };
}
