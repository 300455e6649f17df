import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  containerOf,
  deployed,
  isKustomization,
  isWorkload,
  only,
  podOf,
  readKustomization,
  readManifests,
  root,
  yamlFiles,
} from './manifest-files.ts';

const NAMESPACE = 'load-testing';
const CONTROL_PORTS = [8100, 8101];
const files = yamlFiles();
const manifests = deployed();
const workloads = manifests.filter(isWorkload);
const named = (kind: string, name: string) => only(manifests, kind, name);

interface ServicePort {
  readonly port: number;
  readonly targetPort: string;
  readonly nodePort?: number;
}
const portsOf = (service: string) => named('Service', service).spec['ports'] as readonly ServicePort[];

describe('the manifests', () => {
  it('each carry the namespace, so that a single file can be applied by hand', () => {
    for (const file of files.filter((file) => !isKustomization(file))) {
      for (const { kind, metadata } of readManifests(file)) {
        expect([file, kind === 'Namespace' ? metadata.name : metadata.namespace]).toEqual([file, NAMESPACE]);
      }
    }
  });

  it('are each in a kustomization of their folder, all but hpa.yaml, which is in none', () => {
    const listed = files
      .filter(isKustomization)
      .flatMap((file) => readKustomization(file).resources.map((path) => join(dirname(file), path)));
    const unlisted = files.filter((file) => !isKustomization(file) && !listed.includes(file));
    expect(unlisted).toEqual(['k8s/hpa.yaml']);
  });

  it('have the names and ports of the commands in the README', () => {
    for (const name of ['backend-app', 'downstream-service']) named('Deployment', name);
    expect(named('Service', 'backend-service').spec['type']).toBe('NodePort');
    expect(portsOf('backend-service')).toEqual([
      { name: 'http', port: 8000, targetPort: 'http', nodePort: 30000 },
    ]);
    expect(named('Service', 'downstream-service').spec['type']).toBe('ClusterIP');
    expect(portsOf('downstream-service')).toEqual([{ name: 'http', port: 8001, targetPort: 'http' }]);
  });

  it('send each Service to pods and a port that exist', () => {
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'Service')) {
      const selector = spec['selector'] as Record<string, string>;
      const name = selector['app.kubernetes.io/name'];
      const workload = workloads.find(({ metadata }) => metadata.name === name);
      expect(workload?.spec).toMatchObject({ template: { metadata: { labels: selector } } });
      const names = workload && containerOf(workload).ports?.map((port) => port.name);
      for (const { targetPort } of portsOf(metadata.name)) expect(names).toContain(targetPort);
    }
  });

  it('use the images that the scripts build, and pinned ones', () => {
    expect(Object.fromEntries(workloads.map((one) => [one.metadata.name, containerOf(one).image]))).toEqual({
      'backend-app': 'backend-app:local',
      'downstream-service': 'downstream-service:local',
      postgres: 'postgres:15-alpine',
      redis: 'redis:7-alpine',
    });
  });

  it('have the same namespace on both sides, whichever is deployed first', () => {
    const [ours, theirs] = ['k8s/base', 'downstream-slow-service/k8s'].map((folder) =>
      readFileSync(join(root, folder, 'namespace.yaml'), 'utf8'),
    );
    expect(theirs).toBe(ours);
  });
});

describe('security', () => {
  it('is the restricted profile, enforced by the namespace', () => {
    const [namespace] = readManifests('k8s/base/namespace.yaml');
    expect(namespace?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  it.each(workloads.map((workload) => [workload.metadata.name, workload] as const))(
    'holds for %s: a numbered user, no added right, a read-only root, no token',
    (_name, workload) => {
      const pod = podOf(workload);
      const isNumber = expect.any(Number) as unknown;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: isNumber,
        runAsGroup: isNumber,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.securityContext['runAsUser']).toBeGreaterThan(0);
      expect(containerOf(workload).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.automountServiceAccountToken).toBe(false);
      const account = named('ServiceAccount', pod.serviceAccountName);
      expect(account.automountServiceAccountToken).toBe(false);
      for (const volume of pod.volumes ?? []) expect(volume).not.toHaveProperty('hostPath');
    },
  );

  it('never shows a control port: in no Service, container or policy, and bound to loopback', () => {
    const text = (value: unknown): string => JSON.stringify(value);
    for (const manifest of manifests) {
      for (const port of CONTROL_PORTS) expect(text(manifest)).not.toContain(String(port));
      expect(text(manifest)).not.toMatch(/CONTROL_HOST|hostPort|hostNetwork/);
    }
  });

  it('lets nothing in but what a policy names', () => {
    expect(named('NetworkPolicy', 'deny-all-ingress').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress'],
    });
    const open = Object.fromEntries(
      workloads.map(({ metadata: { name } }) => {
        const ingress = named('NetworkPolicy', name).spec['ingress'] as { ports: { port: number }[] }[];
        return [name, ingress.flatMap(({ ports }) => ports.map(({ port }) => port))];
      }),
    );
    expect(open).toEqual({
      'backend-app': [8000],
      'downstream-service': [8001],
      postgres: [5432],
      redis: [6379],
    });
  });

  it('keeps passwords out of the base: only the overlay for development has the known ones', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const withSecret = files.filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('secretGenerator'),
    );
    expect(withSecret).toEqual(['k8s/overlays/minikube/kustomization.yaml']);
  });
});
