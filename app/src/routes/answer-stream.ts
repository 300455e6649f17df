import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Problem } from '../errors.ts';
import type { AnswerStream } from '../failures/failure.ts';
import { reasonOf } from '../kernel/clock.ts';

/** An answer whose head is sent when it is opened. */
export interface OpenAnswer extends AnswerStream {
  /** The last byte was given: ends the body. */
  end(): void;
  /** The status is sent already, so a failure can only be shown by breaking the connection off. */
  breakOff(): void;
}

export function openAnswerStream(reply: FastifyReply, contentType: string): OpenAnswer {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, { ...headersOf(reply), 'content-type': contentType });
  return {
    get waitingBytes() {
      return response.writableLength;
    },
    write: (piece) => response.write(piece),
    drained: (signal) => untilDrained(response, signal),
    end: () => void response.end(),
    breakOff: () => void response.destroy(),
  };
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

function untilDrained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      response.off('drain', onDrain);
      response.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onDrain = settle(resolve);
    const onClose = settle(() => reject(new Problem('CLIENT_LEFT', 'the client closed its connection')));
    const onAbort = settle(() => reject(reasonOf(signal)));
    if (response.destroyed) onClose();
    else if (signal.aborted) onAbort();
    else if (!response.writableNeedDrain) resolve();
    else {
      response.once('drain', onDrain);
      response.once('close', onClose);
      signal.addEventListener('abort', onAbort, { once: true });
    }
  });
}
