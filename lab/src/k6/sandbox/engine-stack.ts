import { resourceLimits } from 'node:worker_threads';

/** Stack of Node's main thread, unless a flag says otherwise. */
const mainThreadStackBytes = 984 * 1024;

/**
 * QuickJS watches the stack that it has in the memory of WebAssembly; what ends first is the one of the thread. A call in
 * a script takes about 180 bytes of the first and 41 kB of the second (measured), so the limit of the first follows from
 * the second, and a script that recurses without end gets an error that it can read, not a broken engine.
 */
const threadBytesPerEngineByte = 246;

/** The stack that an engine may use in this thread: about 20 nested calls on the main thread, 1400 in 64 MB. */
export function engineStackBytes(): number {
  const { stackSizeMb } = resourceLimits;
  const threadBytes = stackSizeMb === undefined ? mainThreadStackBytes : stackSizeMb * 1024 * 1024;
  return Math.floor(threadBytes / threadBytesPerEngineByte);
}

/**
 * The room that an engine has to keep its stack in while it waits. Kept it takes up to 1.8 times as much (measured), and
 * an engine that runs out of this room breaks in a way that its script cannot catch.
 */
export function suspendedStackBytes(): number {
  return 3 * engineStackBytes();
}
