/** What one replica may use at most; absent: without a limit. */
export interface Limits {
  /** CPU time per second, of all threads together; 0.1 is Kubernetes' 100m. */
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
}

/** How to take part in the fate of a process, by the rules of the kubelet. */
export interface Supervision {
  /** The back-off between restarts is multiplied by this; 0.1 turns 10 s into 1 s. Probes keep their times. */
  readonly timeScale: number;
  readonly liveness?: Probe;
  readonly readiness?: Probe;
  readonly startup?: Probe;
}

/** Fields as in Kubernetes' `httpGet` probe. */
export interface Probe {
  readonly path: string;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold?: number;
}

/** A HorizontalPodAutoscaler (autoscaling/v2) with one CPU utilisation target; times in seconds, as there. */
export interface AutoscalerPolicy {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of `requestCores`. */
  readonly averageUtilization: number;
  /** What one replica requests, in cores: utilisation is a percentage of this. */
  readonly requestCores: number;
  readonly syncPeriodSeconds: number;
  readonly stabilizationWindowSeconds: { readonly scaleUp: number; readonly scaleDown: number };
}

/** What a TCP edge suffers. */
export type Fault =
  | { readonly kind: 'latency'; readonly latencyMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Open connections are reset, new ones at once. */
  | { readonly kind: 'reset' }
  /** Nothing is carried any more, and nobody is told; new connections are accepted. */
  | { readonly kind: 'black-hole' }
  /** Nobody listens; open connections are closed. */
  | { readonly kind: 'refuse' }
  /** Every connection is closed after this many bytes from the server. */
  | { readonly kind: 'close-after'; readonly bytes: number };

export type FaultEdge = 'downstream' | 'database';

/**
 * `connection`: each new connection goes to the next ready replica, as kube-proxy does; `request`: each request does.
 */
export interface Balancing {
  readonly level: 'connection' | 'request';
  /** From a change of readiness until the balancer knows of it. */
  readonly endpointDelayMs?: number;
}

/** What an arm runs; what is fixed for the lifetime of its processes. */
export interface SystemSetup {
  /** Of the backend. */
  readonly replicas: number;
  readonly poolSize: number;
  readonly downstreamDelayMs: number;
  /** Variables of the backend; `UV_THREADPOOL_SIZE` and `NODE_OPTIONS` among them. */
  readonly backendEnvironment: Readonly<Record<string, string>>;
  /** Of each replica of the backend. */
  readonly limits?: Limits;
  /** With it a replica that ends is started again; without it, one that ends unasked fails the arm. */
  readonly supervision?: Supervision;
  /** What stands in front of the replicas. Absent: nothing, which needs exactly one replica and no autoscaler. */
  readonly balancing?: Balancing;
  readonly autoscaler?: AutoscalerPolicy;
  /** Edges that go through a proxy that can disturb them. */
  readonly faultEdges?: readonly FaultEdge[];
  /** Connections that the database admits from the backend, all replicas together (SQLSTATE 53300 beyond it). */
  readonly databaseConnectionLimit?: number;
  /** Clients keep so many connections and never leave; absent: a new one whenever none is free. */
  readonly clientConnections?: number;
}

/** Something happened to a process of the system. */
export interface Incident {
  readonly replica: string;
  /** `OOMKilled`: by its memory limit, seen by the limit itself. `Error`: any other end; `Liveness`: ended by its probe. */
  readonly reason: 'OOMKilled' | 'Error' | 'Liveness';
  /** As a shell gives it: 128 + the signal's number for a process that was killed. */
  readonly exitCode: number;
  /** On the machine's monotonic clock. */
  readonly monotonicMs: number;
}
