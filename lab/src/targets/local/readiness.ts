import { get } from 'node:http';
import { readLogTail } from './log-tail.ts';
import { TargetError } from './target-error.ts';
import { waitUntil } from './waiting.ts';

/** From its start until a replica answers that it is ready. */
export const readyDeadlineMs = 20_000;
const requestDeadlineMs = 1_000;

/** Waits until `/readyz` answers 200. Throws `service-failed` with its last answer and the last log lines. */
export async function waitUntilReady(url: string, logFile: string, signal: AbortSignal): Promise<void> {
  let last = 'no answer';
  const isReady = async (): Promise<boolean> => {
    const { status, text } = await ask(`${url}/readyz`);
    last = status === null ? text : `status ${status} ${text}`.trim();
    return status === 200;
  };
  if (await waitUntil(isReady, { deadlineMs: readyDeadlineMs, intervalMs: 10, signal })) return;
  const tail = readLogTail(logFile);
  throw new TargetError(
    'service-failed',
    `${url} was not ready within ${readyDeadlineMs / 1000} s (${last}):${tail}`,
  );
}

/** One request on a connection of its own; a failed one has no status. */
function ask(url: string): Promise<{ readonly status: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(requestDeadlineMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk.slice(0, 500);
      });
      response.on('error', (error) => resolve({ status: null, text: error.message }));
      response.on('end', () => resolve({ status: response.statusCode ?? null, text }));
    });
    request.on('error', (error) => resolve({ status: null, text: error.message }));
  });
}
