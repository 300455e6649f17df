import type { Client } from '../container/client.ts';
import type { Conversation } from '../container/conversation.ts';
import type { ContainerEnd, Service } from '../container/roster.ts';
import { generatorRole } from './load-pods-objects.ts';
import { roleLabel } from './own-pods.ts';

/** A pod of the run, with the only container that it has. */
export interface Pod {
  readonly name: string;
  readonly service: Service;
  /** It makes load: no part of the system. */
  readonly isGenerator: boolean;
  readonly isDeleting: boolean;
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly restarts: number;
  /** How its container ended, the last time that it did. */
  readonly lastEnd: ContainerEnd | null;
  /** Its container has ended and was not started again yet. */
  readonly hasEnded: boolean;
  /** Why it does not run: what the scheduler or the kubelet says. */
  readonly obstacle: string | null;
  /** An image that the node has not and cannot get. */
  readonly missingImage: string | null;
}

export interface PodFeed {
  readonly pods: ReadonlyMap<string, Pod>;
  /** Told of every pod that there is, then of each change; null in place of a pod that has gone. */
  listen(listener: ((name: string, pod: Pod | null) => void) | null): void;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Follows the pods of the client's namespace. */
export function followPods(client: Client): PodFeed {
  const pods = new Map<string, Pod>();
  let listener: ((name: string, pod: Pod | null) => void) | null = null;
  let isOver = false;
  let conversation: Conversation;

  function apply({ type, object }: WatchEvent): void {
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return;
    const pod = toPod(object as PodObject);
    if (type === 'DELETED') pods.delete(pod.name);
    else pods.set(pod.name, pod);
    listener?.(pod.name, type === 'DELETED' ? null : pod);
  }

  /** The API server ends a watch now and then, and kubectl with it. */
  async function follow(): Promise<string> {
    let failures = 0;
    for (;;) {
      const startedMs = performance.now();
      conversation = client.open(
        ['get', 'pods', '--watch', '--output-watch-events', '--output', 'json'],
        // One event a line: kubectl indents objects, but not events.
        (line) => apply(JSON.parse(line) as WatchEvent),
      );
      const how = await conversation.ended;
      failures = performance.now() - startedMs < shortMs ? failures + 1 : 0;
      if (isOver || failures >= mostFailures) return how;
    }
  }
  const ended = follow();

  return {
    pods,
    listen: (next) => {
      listener = next;
      for (const pod of pods.values()) next?.(pod.name, pod);
    },
    ended,
    stop: async () => {
      isOver = true;
      await conversation.stop();
    },
  };
}

const shortMs = 2_000;
const mostFailures = 3;

const services: Readonly<Record<string, Service>> = {
  'backend-app': 'backend',
  'downstream-service': 'downstream',
};

export function toPod({ metadata, status }: PodObject): Pod {
  const container = status.containerStatuses?.[0];
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  const waiting = container?.state?.waiting;
  const unscheduled = status.conditions?.find(
    ({ type, status: state }) => type === 'PodScheduled' && state === 'False',
  );
  return {
    name: metadata.name,
    service: services[metadata.labels?.['app.kubernetes.io/name'] ?? ''] ?? 'other',
    isGenerator: metadata.labels?.[roleLabel] === generatorRole,
    isDeleting: metadata.deletionTimestamp !== undefined,
    isRunning: container?.state?.running !== undefined,
    isReady: container?.ready ?? false,
    restarts: container?.restartCount ?? 0,
    lastEnd:
      ended === undefined
        ? null
        : { exitCode: ended.exitCode, isOomKilled: ended.reason === 'OOMKilled', monotonicMs: null },
    hasEnded: container?.state?.terminated !== undefined || waiting?.reason === 'CrashLoopBackOff',
    obstacle: unscheduled?.message ?? waiting?.message ?? waiting?.reason ?? null,
    missingImage: /^(ErrImage|ImagePull|InvalidImage)/.test(waiting?.reason ?? '')
      ? (container?.image ?? '')
      : null,
  };
}

interface WatchEvent {
  readonly type: string;
  readonly object: Partial<PodObject>;
}

interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
}

export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly image: string;
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state?: {
        readonly running?: object;
        readonly waiting?: { readonly reason?: string; readonly message?: string };
        readonly terminated?: Terminated;
      };
      readonly lastState?: { readonly terminated?: Terminated };
    }[];
  };
}
