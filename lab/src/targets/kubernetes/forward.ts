import type { Client } from '../container/client.ts';
import type { Conversation } from '../container/conversation.ts';
import { findFreePort } from '../local/ports.ts';
import { waitUntil } from '../local/waiting.ts';

/** The ports of a pod, its loopback ones too, on 127.0.0.1 of this machine: always the same two. */
export interface Forward {
  readonly url: string;
  readonly controlUrl: string;
  stop(): Promise<void>;
}

export interface ForwardOptions {
  readonly pod: string;
  readonly port: number;
  readonly controlPort: number;
  readonly signal: AbortSignal;
}

const listenDeadlineMs = 20_000;
const retryMs = 200;

/** Keeps a forwarding open: kubectl gives up when the container behind it ends, or refuses once. */
export async function openForward(client: Client, options: ForwardOptions): Promise<Forward> {
  const [local, localControl] = [await findFreePort(), await findFreePort()];
  const args = [
    'port-forward',
    '--address',
    '127.0.0.1',
    `pod/${options.pod}`,
    `${local}:${options.port}`,
    `${localControl}:${options.controlPort}`,
  ];
  let conversation: Conversation | undefined;
  const over = new AbortController();
  let listening = 0;

  async function keep(): Promise<void> {
    while (!over.signal.aborted) {
      conversation = client.open(args, (line) => {
        if (line.startsWith('Forwarding from')) listening += 1;
      });
      await conversation.ended;
      await waitUntil(() => over.signal.aborted, { deadlineMs: retryMs, intervalMs: 50 });
    }
  }
  void keep();
  const stop = async (): Promise<void> => {
    over.abort();
    await conversation?.stop();
  };
  try {
    const { signal } = options;
    await waitUntil(() => listening >= 2, { deadlineMs: listenDeadlineMs, intervalMs: 20, signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${local}`, controlUrl: `http://127.0.0.1:${localControl}`, stop };
}
