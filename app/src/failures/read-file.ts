import { open } from 'node:fs/promises';
import { Type } from 'typebox';
import { orAborted, reasonOf } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** The package.json of the service: there in the source tree and beside the compiled program. */
const FILE = new URL('../../package.json', import.meta.url);
/** More than the file has, so that one operation reads all of it. */
const BUFFER_BYTES = 8192;

/**
 * Opening, reading and closing a file each take a turn on libuv's pool (four threads unless UV_THREADPOOL_SIZE says
 * otherwise), where hashing, compression and name look-ups wait too: while hashes keep it full, one kilobyte waits three
 * times for the whole queue. An operation in there cannot be ended: the request can, and the file is closed later all
 * the same.
 * Sources: libuv documentation, "Thread pool work scheduling"; Node.js documentation, "File system", section
 * "Threadpool usage".
 */
export const readFile = defineFailure({
  name: 'read-file',
  method: 'GET',
  path: '/api/read-file',
  summary:
    'Reads a small file by three operations of the pool that hashing, compression and DNS need as well.',
  parameters: Type.Object({}),
  answer: Type.Object({
    bytes: Type.Integer({ description: 'bytes read' }),
    operations: Type.Integer({ description: 'turns taken on the pool' }),
  }),
  run: (_parameters, { call }) => orAborted(call.signal, () => readOnce(call.signal)),
});

async function readOnce(signal: AbortSignal): Promise<{ bytes: number; operations: number }> {
  const file = await open(FILE);
  let bytes: number;
  try {
    // Nobody waits any more: what is left is to close it.
    if (signal.aborted) throw reasonOf(signal);
    ({ bytesRead: bytes } = await file.read(Buffer.allocUnsafe(BUFFER_BYTES), 0, BUFFER_BYTES, 0));
  } finally {
    await file.close();
  }
  return { bytes, operations: 3 };
}
