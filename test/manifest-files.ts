import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const root = join(import.meta.dirname, '..');

type Quantities = Readonly<Record<string, string | undefined>>;

export interface Probe {
  readonly httpGet?: { readonly path: string };
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly hostNetwork?: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly topologySpreadConstraints?: readonly { readonly whenUnsatisfiable: string }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
}

export interface Kustomization {
  readonly resources: readonly string[];
}

/** Both services are deployed into one namespace, so their manifests are looked at together. */
export const folders = ['k8s', 'downstream-slow-service/k8s'];

/** Every YAML file below the folders, with its path from the root of the project. */
export function yamlFiles(): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => file.endsWith('.yaml'));
}

export const isKustomization = (file: string): boolean => file.endsWith('kustomization.yaml');

/** @throws what is wrong with the text, as YAML. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

export const readManifests = (file: string): Manifest[] =>
  parseManifests(readFileSync(join(root, file), 'utf8'));

export const readKustomization = (file: string): Kustomization =>
  readManifests(file)[0] as unknown as Kustomization;

/** What is deployed: every manifest but those of the lessons. */
export function deployed(): Manifest[] {
  return yamlFiles()
    .filter((file) => !isKustomization(file) && !file.startsWith('k8s/lessons/'))
    .flatMap(readManifests);
}

/** @throws when there is not exactly one. */
export function only(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} times ${kind} ${name}`);
  return found[0];
}

/** The pods of a Deployment or a StatefulSet. */
export const podOf = ({ spec }: Manifest): PodSpec =>
  (spec as unknown as { template: { spec: PodSpec } }).template.spec;

export const isWorkload = ({ kind }: Manifest): boolean => ['Deployment', 'StatefulSet'].includes(kind);

/** @throws when the pod has more than one. */
export function containerOf(workload: Manifest): Container {
  const { containers } = podOf(workload);
  if (containers[0] === undefined || containers.length > 1) throw new Error('not exactly one container');
  return containers[0];
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** A quantity of Kubernetes in cores or bytes; NaN when there is none. */
export function amount(quantity: string | undefined): number {
  const [, digits = '', suffix = ''] = /^([\d.]+)(m|Ki|Mi|Gi)?$/.exec(quantity ?? '') ?? [];
  return digits === '' ? Number.NaN : Number(digits) * (FACTORS[suffix] ?? Number.NaN);
}
