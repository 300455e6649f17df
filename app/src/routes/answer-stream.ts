import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { entryOf, Problem } from '../errors.ts';
import type { AnswerStream } from '../failures/failure.ts';
import { reasonOf } from '../kernel/clock.ts';

/** An answer whose head is sent when it is opened. */
export interface OpenAnswer extends AnswerStream {
  /**
   * The last byte was given: resolves when it has left. A request is not over before, so that its deadline and its
   * place among the admitted ones hold for the reading as well. Rejects like `drained`.
   */
  finish(signal: AbortSignal): Promise<void>;
}

export interface AnswerStreams {
  open(reply: FastifyReply, contentType: string): OpenAnswer;
  /** Bytes of all open answers that wait in this process for their clients. */
  waitingBytes(): number;
}

export function createAnswerStreams(): AnswerStreams {
  const open = new Set<ServerResponse>();
  return {
    open(reply, contentType) {
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, { ...headersOf(reply), 'content-type': contentType });
      if (!response.destroyed) {
        open.add(response);
        response.once('close', () => open.delete(response));
      }
      return createAnswer(response);
    },
    waitingBytes: () => [...open].reduce((sum, { writableLength }) => sum + writableLength, 0),
  };
}

/** The status is sent already, so a failure can only be shown by breaking the connection off; it counts under its own status. */
export function breakOff(response: ServerResponse, problem: Problem): void {
  response.statusCode = entryOf(problem.code).status;
  response.destroy(problem);
}

function createAnswer(response: ServerResponse): OpenAnswer {
  return {
    get waitingBytes() {
      return response.writableLength;
    },
    write(piece) {
      if (response.destroyed) throw clientLeft();
      return response.write(piece);
    },
    async drained(signal) {
      if (response.destroyed) throw clientLeft();
      if (response.writableNeedDrain) await untilEvent(response, 'drain', signal);
    },
    async finish(signal) {
      if (response.destroyed) throw clientLeft();
      const finished = untilEvent(response, 'finish', signal);
      response.end();
      await finished;
    },
  };
}

function untilEvent(response: ServerResponse, event: 'drain' | 'finish', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      response.off(event, onEvent);
      response.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onEvent = settle(() =>
      response.req.socket.destroyed ? reject(recordedAsLeft(response)) : resolve(),
    );
    const onClose = settle(() => reject(clientLeft()));
    const onAbort = settle(() => reject(reasonOf(signal)));
    response.once(event, onEvent);
    response.once('close', onClose);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Node emits `finish` also when the connection went down with what had to be sent; the request must not count as answered then. */
function recordedAsLeft(response: ServerResponse): Problem {
  const problem = clientLeft();
  response.statusCode = entryOf(problem.code).status;
  return problem;
}

const clientLeft = (): Problem => new Problem('CLIENT_LEFT', 'the client closed its connection');

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
