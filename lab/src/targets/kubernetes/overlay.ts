import type { Limits, Probe, SystemSpec } from '../target.ts';
import { proxyObjects, type ProxiedEdges } from './proxy-objects.ts';

/** What an arm adds to the system of the manifests. */
export interface KubernetesArm {
  readonly spec: SystemSpec;
  readonly databaseUrl: string;
  readonly downstreamUrl: string;
}

export interface OverlayOptions {
  readonly namespace: string;
  /** From the overlay's folder to the repository; kustomize takes no absolute path. */
  readonly repository: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Null: PostgreSQL and Redis alone. */
  readonly arm: KubernetesArm | null;
}

const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } as const;
const namespaceObject = { apiVersion: 'v1', kind: 'Namespace' } as const;
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;

/**
 * The files of a kustomization that turns the manifests of the repository into the system of an arm, in a namespace of
 * its own; JSON, which is YAML. The path of each file is below the overlay's folder.
 */
export function toOverlay(options: OverlayOptions): ReadonlyMap<string, string> {
  const { namespace, repository, labels, annotations, arm } = options;
  const edges: ProxiedEdges = arm?.spec.faultEdges ?? [];
  const objects = proxyObjects(edges);
  const files = new Map([
    [
      'kustomization.yaml',
      toText({
        ...kustomization,
        namespace,
        resources: [
          `${repository}/k8s/overlays/no-storage`,
          'downstream',
          ...(objects.length > 0 ? ['objects.yaml'] : []),
        ],
        patches: [
          patch(
            { kind: 'Namespace' },
            { ...namespaceObject, metadata: { name: namespace, labels, annotations } },
          ),
          // The cluster chooses a free one: 30000 is that of the user's own system.
          patch({ kind: 'Service', name: 'backend-service' }, [
            { op: 'remove', path: '/spec/ports/0/nodePort' },
          ]),
          // The heap's limit is a matter of the arm.
          patch({ kind: 'ConfigMap', name: 'backend-app' }, [{ op: 'remove', path: '/data/NODE_OPTIONS' }]),
          ...toServicePatches(arm),
        ],
      }),
    ],
    [
      'downstream/kustomization.yaml',
      toText({
        ...kustomization,
        resources: [`../${repository}/downstream-slow-service/k8s`],
        patches: [
          // The backend's manifests bring the namespace too.
          patch({ kind: 'Namespace' }, { ...namespaceObject, $patch: 'delete', metadata: { name: 'any' } }),
        ],
      }),
    ],
  ]);
  if (objects.length > 0) files.set('objects.yaml', objects.map(toText).join('---\n'));
  return files;
}

function toServicePatches(arm: KubernetesArm | null): readonly object[] {
  const backend = { kind: 'Deployment', name: 'backend-app' };
  const downstream = { kind: 'Deployment', name: 'downstream-service' };
  if (arm === null)
    return [backend, downstream].map(({ kind, name }) =>
      patch({ kind, name }, { ...deployment, metadata: { name }, spec: { replicas: 0 } }),
    );
  const { spec, databaseUrl, downstreamUrl } = arm;
  const variables = {
    LOG_LEVEL: 'warn',
    DATABASE_URL: databaseUrl,
    DOWNSTREAM_SERVICE_URL: downstreamUrl,
    ...spec.backendEnvironment,
  };
  return [
    patch(backend, toDeployment('backend-app', spec.replicas, variables)),
    patch(backend, [
      { op: 'replace', path: '/spec/template/spec/containers/0/resources', value: toResources(spec) },
      ...toProbes(spec),
    ]),
    patch(
      downstream,
      toDeployment('downstream-service', 1, { LOG_LEVEL: 'warn', ...spec.downstreamEnvironment }),
    ),
  ];
}

function toDeployment(name: string, replicas: number, variables: Readonly<Record<string, string>>): object {
  // Kubernetes would take $(…) for a variable of its own.
  const env = Object.entries(variables).map(([key, value]) => ({
    name: key,
    value: value.replaceAll('$(', '$$('),
  }));
  return {
    ...deployment,
    metadata: { name },
    spec: { replicas, template: { spec: { containers: [{ name, env }] } } },
  };
}

/** The limits are those of the arm, absent ones too; a request may not be above its limit. */
function toResources({ limits = {}, autoscaler }: SystemSpec): object {
  const { cpuCores, memoryBytes } = limits;
  const requestedMilli = Math.round((autoscaler?.requestCores ?? 0.075) * 1000);
  const limitMilli = cpuCores === undefined ? Number.POSITIVE_INFINITY : Math.round(cpuCores * 1000);
  const requestedBytes = Math.min(134_217_728, memoryBytes ?? Number.POSITIVE_INFINITY);
  return {
    requests: { cpu: `${Math.min(requestedMilli, limitMilli)}m`, memory: `${requestedBytes}` },
    limits: toLimits(limits),
  };
}

function toLimits({ cpuCores, memoryBytes }: Limits): Record<string, string> {
  return {
    ...(cpuCores !== undefined && { cpu: `${Math.round(cpuCores * 1000)}m` }),
    ...(memoryBytes !== undefined && { memory: `${memoryBytes}` }),
  };
}

/** Those that the arm asks for; the others stay as the manifests have them. */
function toProbes({ supervision }: SystemSpec): readonly object[] {
  const probes = {
    liveness: supervision?.liveness,
    readiness: supervision?.readiness,
    startup: supervision?.startup,
  };
  return Object.entries(probes).flatMap(([kind, probe]) =>
    probe === undefined
      ? []
      : [{ op: 'replace', path: `/spec/template/spec/containers/0/${kind}Probe`, value: toProbe(probe) }],
  );
}

function toProbe({ path, ...thresholds }: Probe): object {
  return { httpGet: { path, port: 'http' }, ...thresholds };
}

function patch(target: { readonly kind: string; readonly name?: string }, change: object): object {
  return { target, patch: JSON.stringify(change) };
}

function toText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
