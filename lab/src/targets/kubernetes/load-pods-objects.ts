import { ownContainer, ownPod, roleLabel } from './own-pods.ts';

export const generatorRole = 'load';

const labels = { [roleLabel]: generatorRole } as const;
const backends = { matchLabels: { 'app.kubernetes.io/name': 'backend-app' } } as const;
const oneNode = 'kubernetes.io/hostname';

/** Far longer than any arm: an end for pods whose lab nobody could end. */
const longestSeconds = 3_600;

/** A Job of `count` pods, each of which makes a share of the load, and the only ways that they have to take. */
export function toLoadObjects(name: string, count: number): object {
  return { apiVersion: 'v1', kind: 'List', items: [toJob(name, count), policy] };
}

function toJob(name: string, count: number): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      completionMode: 'Indexed',
      completions: count,
      parallelism: count,
      // A pod that was started again would have no plan, and its share of the load would be missing all the same.
      backoffLimit: 0,
      activeDeadlineSeconds: longestSeconds,
      ttlSecondsAfterFinished: 60,
      template: { metadata: { labels }, spec: podSpec },
    },
  };
}

const podSpec = {
  ...ownPod,
  // Many machines where there are many, and not those of the system: else they would take its CPU from it.
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: oneNode,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    },
  ],
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: oneNode, labelSelector: backends } },
      ],
    },
  },
  containers: [
    {
      ...ownContainer,
      name: 'generator',
      image: 'backend-load-testing-lab:local',
      // Node would take a quarter of the limit; the schedule of a plan of a million requests needs this.
      command: ['node', '--max-old-space-size=160', 'lab/dist/entries/generator.js'],
      resources: {
        // A request costs a generator some 0.1 ms of CPU: this is good for 2000/s. No limit of CPU: one that is
        // throttled is late, and the run proves nothing.
        requests: { cpu: '250m', memory: '128Mi' },
        limits: { memory: '256Mi' },
      },
    },
  ],
} as const;

/** In: nothing. Out: names, and the public port of the backend, which is open to everybody (k8s/base/backend). */
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'load-to-backend', labels },
  spec: {
    podSelector: { matchLabels: labels },
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      // To any address: a node-local cache of names is no pod.
      { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
      { to: [{ podSelector: backends }], ports: [{ port: 8000, protocol: 'TCP' }] },
    ],
  },
} as const;
