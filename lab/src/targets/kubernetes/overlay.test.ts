import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createTestFolder, repositoryRoot } from '../../../../test/local-target.ts';
import type { SystemSpec } from '../target.ts';
import { toOverlay } from './overlay.ts';

const program = 'kubectl';
const plain: SystemSpec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // oxlint-disable-next-line typescript/no-explicit-any -- as the test reads it
  readonly spec?: any;
}

/** What kustomize makes of the overlay. */
function build(spec: Partial<SystemSpec> | null): readonly KubernetesObject[] {
  const folder = realpathSync(createTestFolder());
  const arm =
    spec === null
      ? null
      : { spec: { ...plain, ...spec }, databaseUrl: 'postgresql://a', downstreamUrl: 'http://b' };
  const files = toOverlay({
    namespace: 'lab-one',
    repository: relative(folder, realpathSync(repositoryRoot)),
    labels: { run: 'one' },
    annotations: { owner: '{"pid":1}' },
    arm,
  });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const text = execFileSync(program, ['kustomize', folder], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

const find = (objects: readonly KubernetesObject[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);
const containerOf = (objects: readonly KubernetesObject[], name: string) =>
  find(objects, 'Deployment', name)?.spec.template.spec.containers[0];

const hasKubectl = (() => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it.runIf(hasKubectl)('puts everything into the namespace of the run, and takes no port of the user', () => {
  const objects = build({ faultEdges: ['downstream', 'database'] });
  expect(find(objects, 'Namespace', 'lab-one')?.metadata).toMatchObject({
    labels: { run: 'one', 'pod-security.kubernetes.io/enforce': 'restricted' },
    annotations: { owner: '{"pid":1}' },
  });
  const others = objects.filter(({ kind }) => kind !== 'Namespace');
  for (const { metadata } of others) expect(metadata.namespace).toBe('lab-one');
  expect(find(objects, 'Service', 'backend-service')?.spec.ports[0].nodePort).toBeUndefined();
  expect(find(objects, 'Pod', 'proxy-database')?.spec.containers[0].stdin).toBe(true);
});

it.runIf(hasKubectl)('starts neither service before there is an arm', () => {
  const objects = build(null);
  for (const name of ['backend-app', 'downstream-service'])
    expect(find(objects, 'Deployment', name)?.spec.replicas).toBe(0);
});

it.runIf(hasKubectl)(
  'gives the arm its replicas and variables; the heap has no limit of the manifests',
  () => {
    const objects = build({
      replicas: 2,
      backendEnvironment: { DATABASE_POOL_SIZE: '20' },
      downstreamEnvironment: { DEFAULT_DELAY: '0.01' },
    });
    expect(find(objects, 'Deployment', 'backend-app')?.spec.replicas).toBe(2);
    const variables = (name: string) =>
      Object.fromEntries(
        containerOf(objects, name).env.map((entry: { name: string; value: string }) => [
          entry.name,
          entry.value,
        ]),
      );
    expect(variables('backend-app')).toMatchObject({
      DATABASE_POOL_SIZE: '20',
      DATABASE_URL: 'postgresql://a',
    });
    expect(variables('downstream-service')).toMatchObject({ DEFAULT_DELAY: '0.01' });
    expect(JSON.stringify(find(objects, 'ConfigMap', 'backend-app'))).not.toContain('NODE_OPTIONS');
  },
);

it.runIf(hasKubectl)('has the limits of the arm, or none, and no request above them', () => {
  const resources = (spec: Partial<SystemSpec>) => containerOf(build(spec), 'backend-app').resources;
  expect(resources({})).toEqual({ requests: { cpu: '75m', memory: '134217728' }, limits: {} });
  expect(resources({ limits: { cpuCores: 0.05, memoryBytes: 100_000_000 } })).toEqual({
    requests: { cpu: '50m', memory: '100000000' },
    limits: { cpu: '50m', memory: '100000000' },
  });
});

it.runIf(hasKubectl)('asks with the probes of the arm, and else with those of the manifests', () => {
  const liveness = { path: '/livez', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 };
  const container = containerOf(build({ supervision: { timeScale: 1, liveness } }), 'backend-app');
  expect(container.livenessProbe).toEqual({
    httpGet: {
      path: '/livez',
      port: 'http',
    },
    periodSeconds: 1,
    timeoutSeconds: 1,
    failureThreshold: 3,
  });
  expect(container.readinessProbe.httpGet.path).toBe('/readyz');
});
