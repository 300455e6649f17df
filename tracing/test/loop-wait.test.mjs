import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLoopWatch } from '../src/loop-wait.mjs';

/** A loop that is turned by hand. */
function createManualLoop() {
  let nowMs = 0;
  let tick = () => {};
  /** @type {(() => void)[]} */
  let afterTurn = [];
  return {
    clock: {
      nowMs: () => nowMs,
      every: (/** @type {number} */ _ms, /** @type {() => void} */ action) => void (tick = action),
      afterThisTurn: (/** @type {() => void} */ action) => void afterTurn.push(action),
    },
    pass: (/** @type {number} */ ms) => void (nowMs += ms),
    tick: () => tick(),
    endTurn() {
      const actions = afterTurn;
      afterTurn = [];
      for (const action of actions) action();
    },
  };
}

/** @param {object} socket */
const accept = (socket) => channel('net.server.socket').publish({ socket });

describe('the watch of the event loop', () => {
  it('reports nothing while the timer comes in time', () => {
    const loop = createManualLoop();
    const watch = createLoopWatch(loop.clock);
    for (let turn = 0; turn < 5; turn += 1) {
      loop.pass(12);
      loop.tick();
      expect(watch.delayMs({})).toBe(0);
      loop.endTurn();
    }
  });

  it('a request that is read in the turn of a late timer had waited since the timer was due', () => {
    const loop = createManualLoop();
    const watch = createLoopWatch(loop.clock);
    loop.pass(110);
    loop.tick();
    loop.pass(3);
    expect(watch.delayMs({})).toBe(103);
    loop.endTurn();
    expect(watch.delayMs({})).toBe(0);
  });

  it('counts what earlier requests of the same turn take, before the timer can come', () => {
    const loop = createManualLoop();
    const watch = createLoopWatch(loop.clock);
    loop.pass(50);
    expect(watch.delayMs({})).toBe(40);
  });

  it('a connection accepted late brings its wait into the next turn, and no further', () => {
    const loop = createManualLoop();
    const watch = createLoopWatch(loop.clock);
    const socket = {};
    loop.pass(110);
    loop.tick();
    accept(socket);
    loop.endTurn();
    loop.pass(1);
    expect(watch.delayMs(socket)).toBe(101);
    expect(watch.delayMs({})).toBe(0);
    loop.endTurn();
    expect(watch.delayMs(socket)).toBe(0);
  });

  it('on a real loop, sees the wait of a request whose bytes came while the loop was held', async () => {
    const watch = createLoopWatch();
    /** @type {number[]} */
    const delaysMs = [];
    const server = createServer((request, response) => {
      delaysMs.push(watch.delayMs(request.socket));
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const ask = (/** @type {import('node:net').Socket} */ socket) =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    ask(socket);
    await once(socket, 'data');

    // Written, thus in the server's kernel buffer, before the loop is held.
    ask(socket);
    const endMs = performance.now() + 120;
    while (performance.now() < endMs);
    await once(socket, 'data');
    socket.destroy();
    server.close();
    const [before = -1, held = -1] = delaysMs;
    expect(before, 'nothing held the loop').toBeLessThan(60);
    expect(held, 'held for 120 ms, the last tick up to 10 ms before').toBeGreaterThan(100);
    expect(held).toBeLessThan(250);
  });
});
