import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { reasonOf } from '../kernel/clock.ts';
import type { AnswerStream } from './failure.ts';
import { stream } from './stream.ts';

interface Slow extends AnswerStream {
  readonly pieces: Uint8Array[];
  /** The client reads all that waits. */
  read(): void;
}

/** A client that reads nothing until it is told to. */
function createSlowClient(): Slow {
  const pieces: Uint8Array[] = [];
  let waitingBytes = 0;
  let onDrain = (): void => {};
  return {
    pieces,
    get waitingBytes() {
      return waitingBytes;
    },
    write(piece) {
      pieces.push(piece);
      waitingBytes += piece.length;
      return false;
    },
    drained: (signal) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => reject(reasonOf(signal));
        signal.addEventListener('abort', onAbort);
        onDrain = () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
      }),
    read() {
      waitingBytes = 0;
      onDrain();
    },
  };
}

const PIECES_OF_1_MB = Math.ceil(1_000_000 / 131_072);

describe('stream', () => {
  it('without backpressure hands over everything, however slowly the client reads', async () => {
    const client = createSlowClient();
    const context = createContext({ openStream: () => client });
    const run = stream.run({ size_mb: 2, backpressure: 'off' }, context);
    await context.clock.advance(1);
    await run;
    expect(client.waitingBytes).toBe(2_000_000);
  });

  it('gives each piece memory of its own', async () => {
    const client = createSlowClient();
    await stream.run({ size_mb: 1, backpressure: 'off' }, createContext({ openStream: () => client }));
    expect(new Set(client.pieces.map(({ buffer }) => buffer)).size).toBe(PIECES_OF_1_MB);
    expect(client.pieces.every((piece) => piece.buffer.byteLength === piece.length)).toBe(true);
  });

  it('lets others have their turn after each 8 pieces', async () => {
    const client = createSlowClient();
    const context = createContext({ openStream: () => client });
    const run = stream.run({ size_mb: 2, backpressure: 'off' }, context);
    await settle();
    expect(client.pieces.length).toBe(8);
    await context.clock.advance(1);
    await run;
  });

  it('with backpressure has one piece waiting at most', async () => {
    const client = createSlowClient();
    const run = stream.run({ size_mb: 1, backpressure: 'on' }, createContext({ openStream: () => client }));
    for (let piece = 1; piece <= PIECES_OF_1_MB; piece += 1) {
      await settle();
      expect(client.pieces.length).toBe(piece);
      client.read();
    }
    await run;
    expect(client.pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(1_000_000);
  });

  it.each(['off', 'on'] as const)('ends with its call, with backpressure %s', async (backpressure) => {
    const controller = new AbortController();
    const client = createSlowClient();
    const call = createCall({ signal: controller.signal });
    const context = createContext({ call, openStream: () => client });
    const outcome = failureOf(stream.run({ size_mb: 100, backpressure }, context));
    await settle();
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
    expect(context.clock.timers).toBe(0);
  });
});
