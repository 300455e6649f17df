import type { FaultEdge } from '../target.ts';
import { proxyCommand } from '../container/fault-proxy.ts';
import { ownContainer, ownPod, roleLabel } from './own-pods.ts';

export type ProxiedEdges = readonly FaultEdge[];

/** What is behind each edge. */
export const upstreams = {
  downstream: { host: 'downstream-service', port: 8001 },
  database: { host: 'postgres', port: 5432 },
} as const satisfies Record<FaultEdge, { readonly host: string; readonly port: number }>;

const role = { [roleLabel]: 'fault-proxy' } as const;

/** The host that the backend is to call: the proxy where the edge has one. */
export function hostOf(edge: FaultEdge, faulty: ProxiedEdges): string {
  return faulty.includes(edge) ? toProxyName(edge) : upstreams[edge].host;
}

export function toProxyName(edge: FaultEdge): string {
  return `proxy-${edge}`;
}

/** A pod and a Service for each edge, and the ways that the namespace's policies leave closed. */
export function proxyObjects(edges: ProxiedEdges): readonly object[] {
  if (edges.length === 0) return [];
  return [...edges.flatMap((edge) => [toPod(edge), toService(edge)]), ...policies];
}

function toPod(edge: FaultEdge): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: toProxyName(edge), labels: { ...role, 'app.kubernetes.io/name': toProxyName(edge) } },
    spec: {
      ...ownPod,
      containers: [
        {
          ...ownContainer,
          name: 'proxy',
          image: 'backend-app:local',
          command: [...proxyCommand],
          ports: [{ containerPort: upstreams[edge].port }],
          resources: { requests: { cpu: '25m', memory: '48Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '16Mi' } }],
    },
  };
}

function toService(edge: FaultEdge): object {
  const name = toProxyName(edge);
  const { port } = upstreams[edge];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ port, targetPort: port }] },
  };
}

const proxies = { podSelector: { matchLabels: role } };
const backends = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'backend-app' } } };
const databases = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'postgres' } } };

function toPolicy(name: string, spec: object): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec };
}

const policies = [
  toPolicy('proxy-from-backend', { ...proxies, policyTypes: ['Ingress'], ingress: [{ from: [backends] }] }),
  toPolicy('backend-to-proxy', { ...backends, policyTypes: ['Egress'], egress: [{ to: [proxies] }] }),
  toPolicy('postgres-from-proxy', { ...databases, policyTypes: ['Ingress'], ingress: [{ from: [proxies] }] }),
] as const;
