import type { Fault } from '../target.ts';
import type { FaultProxyOrder, FaultProxySetUp, RelayMessage, RelayReply } from '../local/relay/protocol.ts';
import { TargetError } from '../local/target-error.ts';
import { orAborted } from '../local/waiting.ts';
import type { Conversation } from './conversation.ts';
import { bootProgram, toProgramLine } from './shipped-program.ts';

/** The fault proxy of the local target, as a container beside the services. */
export interface ContainerProxy {
  /** Resolves when it is in effect; null: healthy again. */
  set(fault: Fault | null): Promise<void>;
  /** Rejects when it ends unasked. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface ContainerProxyOptions {
  /** Of the edge. */
  readonly name: string;
  readonly repositoryRoot: string;
  /** Listens on `port` of all addresses of its container. */
  readonly setUp: Pick<FaultProxySetUp, 'port' | 'upstream'>;
  /** Starts the container with `proxyCommand`, joined to its standard input and output. */
  readonly open: (onLine: (line: string) => void) => Conversation;
  readonly signal: AbortSignal;
}

/** What the container runs: Node waits for the program itself on its standard input. */
export const proxyCommand = ['node', '-e', bootProgram] as const;

/** An image may have to be unpacked, and a pod to be scheduled. */
const startDeadlineMs = 60_000;
const orderDeadlineMs = 5_000;

/**
 * Starts it and waits until it listens. A stopped container would not do for `refuse`: its address then belongs to
 * nobody, and clients wait for seconds instead of being refused.
 */
export async function startContainerProxy(options: ContainerProxyOptions): Promise<ContainerProxy> {
  const { name, signal } = options;
  const waiting = new Map<number, (reply: RelayReply) => void>();
  const conversation = options.open((line) => {
    const reply = parseReply(line);
    if (reply !== null) waiting.get('id' in reply ? reply.id : 0)?.(reply);
  });
  let isAsked = false;
  const failed = conversation.ended.then((how): never => {
    throw toError(isAsked ? `${name} has been stopped` : `${name} ended unasked (${how})`);
  });
  failed.catch(() => undefined);
  const stop = (): Promise<void> => {
    isAsked = true;
    return conversation.stop();
  };

  async function ask(id: number, line: string, deadlineMs: number): Promise<RelayReply> {
    let timer: NodeJS.Timeout | undefined;
    const reply = new Promise<RelayReply>((resolve, reject) => {
      timer = setTimeout(() => reject(toError(`${name} did not answer in time`)), deadlineMs);
      waiting.set(id, resolve);
      conversation.tell(line);
    });
    try {
      return await Promise.race([reply, failed]);
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  const send = (id: number, message: RelayMessage<FaultProxySetUp, FaultProxyOrder>, deadlineMs: number) =>
    ask(id, JSON.stringify(message), deadlineMs);
  try {
    const program = toProgramLine(options.repositoryRoot, 'container-fault-proxy');
    await orAborted(ask(0, program, startDeadlineMs), signal);
    const setUp = { ...options.setUp, address: '0.0.0.0' };
    const reply = await orAborted(send(0, { type: 'set-up', setUp }, orderDeadlineMs), signal);
    if (reply.type !== 'listening') throw toError(`${name} cannot listen: ${JSON.stringify(reply)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  let lastId = 0;
  return {
    failed,
    stop,
    set: async (fault) => {
      const id = (lastId += 1);
      const order = { kind: 'fault', fault } as const;
      const reply = await send(id, { type: 'order', id, order }, orderDeadlineMs);
      if (reply.type !== 'done') throw toError(`${name}: ${'reason' in reply ? reply.reason : reply.type}`);
    },
  };
}

/** Clients print words of their own beside what the program says. */
function parseReply(line: string): RelayReply | null {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as RelayReply) : null;
  } catch {
    return null;
  }
}

function toError(message: string): TargetError {
  return new TargetError('service-failed', message);
}
