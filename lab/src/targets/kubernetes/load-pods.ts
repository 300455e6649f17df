import type { Generator, GeneratorFleet, GeneratorLauncher } from '../../core/generators.ts';
import { readBootId } from '../container/boot-id.ts';
import type { Client } from '../container/client.ts';
import type { Conversation } from '../container/conversation.ts';
import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';
import { toLoadObjects } from './load-pods-objects.ts';
import type { Pod, PodFeed } from './pods.ts';
import { untilPods } from './until-pods.ts';

/** What the pods run in and are followed by. */
export interface LoadPodsCluster {
  readonly client: Client;
  readonly feed: Pick<PodFeed, 'pods'>;
}

const runningDeadlineMs = 120_000;
/** After its connection has ended, until the API server says how the pod did. */
const reportMs = 3_000;
/** More than their grace. */
const endDeadlineMs = 5_000;
const intervalMs = 100;

/** Generators as pods of an Indexed Job beside the system, each joined to the lab by its standard input and output. */
export function createLoadPods(open: (signal: AbortSignal) => Promise<LoadPodsCluster>): GeneratorLauncher {
  let number = 0;
  return {
    // As every client in the cluster: through the Service, which spreads connections over the replicas.
    systemUrl: 'http://backend-service:8000',
    bootId: readBootId(),
    launch: async (count, signal) => {
      const cluster = await open(signal);
      return startJob(cluster, { name: `load-${(number += 1)}`, count, signal });
    },
  };
}

interface JobOptions {
  readonly name: string;
  readonly count: number;
  readonly signal: AbortSignal;
}

async function startJob(
  cluster: LoadPodsCluster,
  { name, count, signal }: JobOptions,
): Promise<GeneratorFleet> {
  const { client, feed } = cluster;
  const conversations: Conversation[] = [];
  const over = new AbortController();
  const ends = followEnds(feed, over.signal);
  const ownPods = (): Pod[] => [...feed.pods.values()].filter((pod) => pod.name.startsWith(`${name}-`));
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    over.abort();
    // Their standard input closes with it, and they end by themselves; who does not hear that is removed.
    await Promise.all(conversations.map((conversation) => conversation.stop()));
    await client.attempt(['delete', 'job', name, '--ignore-not-found', '--wait=false']);
    const haveEnded = (): boolean => ownPods().every(({ isRunning }) => !isRunning);
    await waitUntil(haveEnded, { deadlineMs: endDeadlineMs, intervalMs });
  }

  function areRunning(): boolean {
    const early = ownPods().find(({ hasEnded }) => hasEnded);
    if (early !== undefined)
      throw new TargetError('service-failed', `${early.name} ended at its start (${describeEnd(early)})`);
    return ownPods().filter(({ isRunning }) => isRunning).length === count;
  }

  try {
    const input = `${JSON.stringify(toLoadObjects(name, count))}\n`;
    await client.run(['apply', '--filename', '-'], { input, signal });
    await untilPods(feed, areRunning, {
      what: `the load (${count} pods)`,
      deadlineMs: runningDeadlineMs,
      signal,
    });
    const generators = ownPods().map((pod): Generator => {
      let onLine: (line: string) => void = () => undefined;
      const args = ['attach', '--stdin', '--quiet', pod.name];
      const conversation = client.open(args, (line) => onLine(line));
      conversations.push(conversation);
      return {
        name: pod.name,
        tell: (line) => conversation.tell(line),
        listen: (listener) => (onLine = listener),
        ended: ends.of(pod.name, conversation),
      };
    });
    return { generators, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * How each pod ended: as the API server says, and where it says nothing, how the connection did. They are known in the
 * order of their first signs: the Job ends all pods when one has failed, and that one is to be named.
 */
function followEnds({ pods }: LoadPodsCluster['feed'], over: AbortSignal) {
  let earlier: Promise<unknown> = Promise.resolve();
  return {
    of: async (name: string, conversation: Conversation): Promise<string> => {
      const reported = (): string | null => {
        const pod = pods.get(name);
        return pod === undefined ? 'its pod was removed' : describeEnd(pod);
      };
      const isReported = (): boolean => over.aborted || reported() !== null;
      // A pod of a lost node is removed while the connection to it seems to live.
      const isSeen = waitUntil(isReported, { deadlineMs: Infinity, intervalMs }).then(() => 'stopped');
      const how = await Promise.race([conversation.ended, isSeen]);
      const turn = earlier.then(() => waitUntil(isReported, { deadlineMs: reportMs, intervalMs }));
      earlier = turn;
      await turn;
      return reported() ?? `the connection to it ended: ${how}`;
    },
  };
}

function describeEnd({ hasEnded, isDeleting, lastEnd }: Pod): string | null {
  if (!hasEnded || lastEnd === null) return null;
  const why = lastEnd.isOomKilled ? 'OOMKilled, ' : isDeleting ? 'its pod was removed, ' : '';
  return `${why}exit code ${lastEnd.exitCode}`;
}
