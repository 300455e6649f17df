import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Address } from './replicas.mts';

const longestBodyBytes = 65_536;
const answerTimeoutMs = 5_000;
const passedOn = ['authorization', 'content-type'] as const;

/** What one replica said; status null: nothing, and `text` says why. */
interface Answer {
  readonly replica: string;
  readonly status: number | null;
  readonly type: string;
  readonly text: string;
}

/**
 * The control API of all replicas as if it were one: each request goes to every replica. When all answer with the same
 * status that is the answer, else 502 with what each of them said, so that nobody believes in a half-set protection.
 */
export function createControl(allReplicas: () => Promise<readonly Address[]>): Server {
  return createServer((request, response) => {
    answer(request, response, allReplicas).catch((error: unknown) => refuse(response, 400, String(error)));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  allReplicas: () => Promise<readonly Address[]>,
): Promise<void> {
  const { url = '', method = 'GET' } = request;
  const body = await read(request);
  if (!url.startsWith('/')) return refuse(response, 400, 'The address of a request begins with /.');
  if (body === null) return refuse(response, 413, `A body has ${longestBodyBytes} bytes at most.`);
  const headers = passedOn.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  const order = { method, headers, body: body.length === 0 ? null : body };
  const answers = await Promise.all((await allReplicas()).map((address) => ask(address, url, order)));

  const [first] = answers;
  if (first === undefined) return refuse(response, 503, 'No backend runs.');
  if (first.status === null || answers.some(({ status }) => status !== first.status)) {
    const said = answers.map(({ replica, status, text }) => ({ replica, status, text }));
    return refuse(response, 502, 'Not every replica did it.', { replicas: said });
  }
  response.writeHead(first.status, { 'content-type': first.type }).end(first.text);
}

/** Null when it is too long. */
async function read(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= longestBodyBytes) chunks.push(chunk);
  }
  return bytes > longestBodyBytes ? null : Buffer.concat(chunks);
}

async function ask({ host, port }: Address, path: string, order: RequestInit): Promise<Answer> {
  const replica = `${host}:${port}`;
  try {
    const response = await fetch(`http://${replica}${path}`, {
      ...order,
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const type = response.headers.get('content-type') ?? 'text/plain';
    return { replica, status: response.status, type, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    return { replica, status: null, type: '', text: cause instanceof Error ? cause.message : message };
  }
}

function refuse(response: ServerResponse, status: number, title: string, more: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title, status, ...more }));
}
