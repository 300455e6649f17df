import { probeOverHttp } from '../local/http-probe.ts';
import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';

const probeTimeoutMs = 2_000;

/** Asks until the address answers 2xx or 3xx. Throws `service-failed` after the deadline, with the log's last lines. */
export async function untilAnswered(
  url: string,
  deadlineMs: number,
  signal: AbortSignal,
  readLogTail: () => Promise<string>,
): Promise<void> {
  const isReady = (): Promise<boolean> => probeOverHttp(url, probeTimeoutMs, signal);
  if (await waitUntil(isReady, { deadlineMs, intervalMs: 100, signal })) return;
  const tail = await readLogTail();
  throw new TargetError('service-failed', `${url} did not answer within ${deadlineMs / 1000} s:${tail}`);
}
