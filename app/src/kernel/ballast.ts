/// <reference lib="es2024.arraybuffer" />

/** Megabytes of 10^6 bytes, everywhere in this service. */
export const BYTES_PER_MB = 1_000_000;

/** Far above glibc's threshold (128 KiB with MALLOC_MMAP_THRESHOLD_): each piece is a mapping of its own, and goes as one. */
const NATIVE_PIECE_BYTES = 1_000_000;
const SPIKE_PIECE_BYTES = 2_000_000;
const HEAP_PIECE_BYTES = 56_048;
/** Some milliseconds of page faults, then others get their turn. */
const TURN_BYTES = 2_000_000;

/** What a record costs in V8's heap on 64 bits: three words of header, three fields, and its slot in the array. */
const RECORD_BYTES = 7 * 8;
/** An array and the header of its elements. */
const ARRAY_BYTES = 6 * 8;

interface Item {
  readonly id: number;
  readonly label: string;
  readonly parent: null;
}

/** Gives others their turn; rejects when the work must end. */
type Pause = () => Promise<void>;

/**
 * Native memory outside of V8's heap, all of it resident: a page counts only when it was touched, `Buffer.alloc` alone
 * adds nothing to RSS. Freed by a garbage collection when nobody refers to it any more.
 */
export function allocateNative(sizeBytes: number, pause: Pause): Promise<readonly Buffer[]> {
  return inTurns(sizeBytes, NATIVE_PIECE_BYTES, (bytes) => Buffer.allocUnsafeSlow(bytes).fill(1), pause);
}

/** Many small objects of V8's heap: each is visited by every full garbage collection, as in a real leak of records. */
export function allocateHeap(sizeBytes: number, pause: Pause): Promise<readonly (readonly Item[])[]> {
  return inTurns(sizeBytes, HEAP_PIECE_BYTES, createItems, pause);
}

/** Resident memory that `release` gives back to the system at once, without a garbage collection. */
export interface Ballast {
  release(): void;
}

/** Leaves nothing behind when `pause` rejects. Source: ECMAScript 2024, resizable ArrayBuffer. */
export async function allocateBallast(sizeBytes: number, pause: Pause): Promise<Ballast> {
  const buffers: ArrayBuffer[] = [];
  const release = (): void => {
    for (const buffer of buffers) buffer.resize(0);
  };
  const allocate = (bytes: number): void => {
    const buffer = new ArrayBuffer(bytes, { maxByteLength: bytes });
    buffers.push(buffer);
    new Uint8Array(buffer).fill(1);
  };
  try {
    await inTurns(sizeBytes, SPIKE_PIECE_BYTES, allocate, pause);
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

async function inTurns<Piece>(
  sizeBytes: number,
  pieceBytes: number,
  create: (bytes: number) => Piece,
  pause: Pause,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let turnBytes = 0;
  for (let leftBytes = sizeBytes; leftBytes > 0; leftBytes -= pieceBytes) {
    const bytes = Math.min(pieceBytes, leftBytes);
    if (turnBytes + bytes > TURN_BYTES) {
      await pause();
      turnBytes = 0;
    }
    turnBytes += bytes;
    pieces.push(create(bytes));
  }
  return pieces;
}

function createItems(bytes: number): Item[] {
  const length = Math.max(1, Math.round((bytes - ARRAY_BYTES) / RECORD_BYTES));
  return Array.from({ length }, (_, id) => ({ id, label: 'kept', parent: null }));
}
