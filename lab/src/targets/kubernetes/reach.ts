import type { Client } from '../container/client.ts';
import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';

const deadlineMs = 20_000;

/** A line of HTTP by the shell: a program for each try would use up the CPU of a limited replica. */
const script = `
exec 3<>"/dev/tcp/$0/8001" || exit 1
printf 'GET /health HTTP/1.0\\r\\nHost: downstream\\r\\n\\r\\n' >&3
read -r -t 2 line <&3
case "$line" in *' 200 '*) ;; *) exit 1 ;; esac`;

/**
 * Waits until the downstream service answers each of these pods. A node learns of a new endpoint a moment after its pod
 * is ready; a connection that was opened before leads elsewhere, or nowhere, for as long as it is kept.
 */
export async function untilReached(
  client: Client,
  pods: readonly string[],
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(pods);
  const areAllServed = async (): Promise<boolean> => {
    for (const pod of waiting) {
      const args = ['exec', pod, '--', 'timeout', '3', 'bash', '-c', script, host];
      if ((await client.attempt(args, { signal })).exitCode !== 0) return false;
      waiting.delete(pod);
    }
    return true;
  };
  if (await waitUntil(areAllServed, { deadlineMs, intervalMs: 200, signal })) return;
  throw new TargetError(
    'service-failed',
    `${host}:8001 did not answer the pods ${[...waiting].join(', ')} within ${deadlineMs / 1000} s`,
  );
}
