import { Type } from 'typebox';
import { BYTES_PER_MB } from '../kernel/ballast.ts';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** From this size on malloc maps memory of its own (MALLOC_MMAP_THRESHOLD_), so all of it goes back when it is freed. */
const PIECE_BYTES = 131_072;
/** After so many pieces others get their turn: about a millisecond of work. */
const PIECES_PER_TURN = 8;

/**
 * Writes faster than its client reads. A handler that does not ask whether its bytes have left puts them all into
 * the memory of this process, outside of the heap: some slow readers, and it is gone.
 * Source: Node.js documentation, "Stream", `writable.write` and event `drain`.
 */
export const stream = defineFailure({
  name: 'stream',
  method: 'GET',
  path: '/api/stream',
  summary:
    'Streams size_mb megabytes; without backpressure what a slow client has not read fills the memory.',
  streams: 'application/octet-stream',
  parameters: Type.Object({
    size_mb: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'megabytes of 10^6 bytes' }),
    backpressure: Type.Union([Type.Literal('off'), Type.Literal('on')], {
      default: 'off',
      description: 'on: goes on only when what was written has left',
    }),
  }),
  answer: Type.Object({}),
  async run({ size_mb, backpressure }, { call, clock, openStream }) {
    const answer = openStream();
    let leftBytes = size_mb * BYTES_PER_MB;
    for (let pieces = 0; leftBytes > 0; pieces += 1) {
      if (pieces > 0 && pieces % PIECES_PER_TURN === 0) await sleep(clock, 0, call.signal);
      // Memory of its own for each piece: one that is written again and again would weigh nothing.
      const piece = new Uint8Array(Math.min(PIECE_BYTES, leftBytes)).fill(pieces);
      leftBytes -= piece.length;
      const isTaken = answer.write(piece);
      if (!isTaken && backpressure === 'on') await answer.drained(call.signal);
    }
    return {};
  },
});
