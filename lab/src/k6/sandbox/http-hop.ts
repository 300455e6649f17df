import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RunClock } from '../clock.ts';
import type { Agents } from './agents.ts';
import { type RequestError, toRequestError } from './request-error.ts';
import { readBody } from './response-body.ts';
import type { Timings } from './script-request.ts';
import { type PhaseTimes, toTimings } from './timings.ts';

/** One request on one connection: a redirect makes another one. */
export interface HopRequest {
  readonly method: string;
  readonly url: URL;
  /** As samples and responses show it: as the script wrote it, without user and password. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly wantsBody: boolean;
}

export interface Hop {
  readonly request: HopRequest;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly statusText: string;
  readonly proto: string;
  readonly rawHeaders: readonly string[];
  readonly setsCookies: boolean;
  readonly body: string | null;
  readonly error: RequestError | null;
  readonly timings: Timings;
  /** Milliseconds since the epoch. */
  readonly endedAtMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly tlsVersion: string;
  /** The connection had served before, and it was closed before any byte of an answer. */
  readonly isStaleConnection: boolean;
}

/** The connection of a request, and the bytes that it had seen before. */
interface Wire {
  socket?: Socket;
  sentBefore: number;
  receivedBefore: number;
}

interface HopEnd {
  readonly answer?: IncomingMessage;
  readonly body?: string | null;
  readonly error?: RequestError | null;
  readonly isStaleConnection?: boolean;
}

/** Sends one request; never rejects. `onBegin` may keep the request, to end it early by destroying it with an error. */
export async function sendHop(
  request: HopRequest,
  agents: Agents,
  clock: RunClock,
  onBegin: (outgoing: ClientRequest) => void,
): Promise<Hop> {
  const times: PhaseTimes = { startedMs: clock.nowMs(), isSecure: request.url.protocol === 'https:' };
  const wire: Wire = { sentBefore: 0, receivedBefore: 0 };
  let outgoing: ClientRequest | null = null;
  try {
    outgoing = open(request, agents);
    onBegin(outgoing);
    watch(outgoing, wire, times, clock);
    const answer = await answerOf(outgoing, request.body);
    times.firstByteMs = clock.nowMs();
    return toHop(request, times, clock, wire, { answer, body: await readBody(answer, request.wantsBody) });
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    return toHop(request, times, clock, wire, {
      error: toRequestError(error, times.connectedMs !== undefined),
      isStaleConnection: isClosed && outgoing?.reusedSocket === true && times.firstByteMs === undefined,
    });
  }
}

function open({ url, method, headers }: HopRequest, agents: Agents): ClientRequest {
  return url.protocol === 'https:'
    ? httpsRequest(url, { method, headers, agent: agents.https })
    : httpRequest(url, { method, headers, agent: agents.http });
}

function answerOf(outgoing: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Not once: an error after the end would end the process if nobody listened.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function watch(outgoing: ClientRequest, wire: Wire, times: PhaseTimes, clock: RunClock): void {
  outgoing.once('finish', () => (times.sentMs = clock.nowMs()));
  outgoing.once('socket', (socket) => {
    times.socketMs = clock.nowMs();
    wire.socket = socket;
    wire.sentBefore = socket.bytesWritten;
    wire.receivedBefore = socket.bytesRead;
    if (!socket.connecting) {
      times.connectedMs = times.socketMs;
      return;
    }
    socket.once('lookup', () => (times.lookedUpMs = clock.nowMs()));
    socket.once('connect', () => (times.connectedMs = clock.nowMs()));
    socket.once('secureConnect', () => (times.securedMs = clock.nowMs()));
  });
}

function toHop(
  request: HopRequest,
  times: PhaseTimes,
  clock: RunClock,
  { socket, sentBefore, receivedBefore }: Wire,
  { answer, body = null, error = null, isStaleConnection = false }: HopEnd,
): Hop {
  return {
    request,
    status: answer?.statusCode ?? 0,
    statusText: answer === undefined ? '' : `${answer.statusCode} ${answer.statusMessage}`,
    proto: answer === undefined ? '' : `HTTP/${answer.httpVersion}`,
    rawHeaders: answer?.rawHeaders ?? [],
    setsCookies: answer?.headers['set-cookie'] !== undefined,
    body,
    error,
    timings: toTimings(times, clock.nowMs()),
    endedAtMs: clock.epochMs(),
    sentBytes: (socket?.bytesWritten ?? 0) - sentBefore,
    receivedBytes: (socket?.bytesRead ?? 0) - receivedBefore,
    remoteIp: socket?.remoteAddress ?? '',
    remotePort: socket?.remotePort ?? 0,
    tlsVersion: tlsVersionOf(socket),
    isStaleConnection,
  };
}

/** `tls1.3`, as k6 writes it. */
function tlsVersionOf(socket: Socket | undefined): string {
  if (socket === undefined || !('encrypted' in socket)) return '';
  return (socket as TLSSocket).getProtocol()?.replace('v', '').toLowerCase() ?? '';
}
