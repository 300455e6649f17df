import Fastify, { type FastifyInstance } from 'fastify';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../test/support/layers.ts';
import { Problem } from '../errors.ts';
import { breakOff, createAnswerStreams, type AnswerStreams, type OpenAnswer } from './answer-stream.ts';

/** More than the kernel's buffers take in. */
const HUGE = new Uint8Array(40_000_000);
const NEVER = new AbortController().signal;

let app: FastifyInstance;
let streams: AnswerStreams;
let client: Socket;
let answer: OpenAnswer;
let breakItOff: (problem: Problem) => void;
let left: Promise<void>;

/** A client that reads nothing asks for a stream, which is then open on this side. */
beforeEach(async () => {
  app = Fastify({ forceCloseConnections: true });
  streams = createAnswerStreams();
  const opened = new Promise<void>((resolve) => {
    app.get('/', (_request, reply) => {
      reply.header('x-from-a-layer', 'kept');
      left = new Promise((onClose) => reply.raw.once('close', onClose));
      breakItOff = (problem) => breakOff(reply.raw, problem);
      answer = streams.open(reply, 'text/x-test');
      resolve();
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.pause();
  client.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
  await opened;
});
afterEach(async () => {
  client.destroy();
  await app.close();
});

function received(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    client.on('data', (data) => {
      text += data.toString('latin1');
      if (text.endsWith('0\r\n\r\n')) resolve(text);
    });
    client.on('close', () => resolve(text));
    client.resume();
  });
}

describe('an open answer', () => {
  it('has its content type and the headers that layers have set', async () => {
    answer.write(new TextEncoder().encode('piece'));
    await answer.finish(NEVER);
    expect(await received()).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(?=[^]*x-from-a-layer: kept\r\n)(?=[^]*content-type: text\/x-test\r\n)[^]*piece/,
    );
  });

  it('says false when a piece has to wait, and resolves drained when the client has read', async () => {
    expect(answer.write(HUGE)).toBe(false);
    const drained = answer.drained(NEVER);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answer.waitingBytes).toBeGreaterThan(10_000_000);
    expect(streams.waitingBytes()).toBe(answer.waitingBytes);
    client.resume();
    await drained;
    expect(answer.waitingBytes).toBe(0);
  });

  it.each(['drained', 'finish'] as const)('rejects %s when the client leaves meanwhile', async (wait) => {
    answer.write(HUGE);
    const outcome = failureOf(answer[wait](NEVER));
    await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    expect(await outcome).toMatchObject({ code: 'CLIENT_LEFT' });
    expect(streams.waitingBytes()).toBe(0);
  });

  it.each(['drained', 'finish'] as const)('rejects %s as soon as the signal aborts', async (wait) => {
    answer.write(HUGE);
    const controller = new AbortController();
    const outcome = failureOf(answer[wait](controller.signal));
    controller.abort(new Error('too late'));
    expect(await outcome).toEqual(new Error('too late'));
  });

  it('takes no more after the client has left', async () => {
    client.destroy();
    await left;
    expect(() => answer.write(HUGE)).toThrow('the client closed its connection');
    expect(await failureOf(answer.drained(NEVER))).toMatchObject({ code: 'CLIENT_LEFT' });
    expect(await failureOf(answer.finish(NEVER))).toMatchObject({ code: 'CLIENT_LEFT' });
  });

  it('ends without its last chunk when it is broken off', async () => {
    answer.write(new TextEncoder().encode('half'));
    await new Promise((resolve) => setImmediate(resolve));
    breakItOff(new Problem('INTERNAL', 'broken'));
    const text = await received();
    expect(text).toContain('half');
    expect(text).not.toContain('\r\n0\r\n\r\n');
  });
});
