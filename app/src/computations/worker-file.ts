import { fileURLToPath } from 'node:url';

/** The compiled program of a worker thread; also when this file itself runs uncompiled, in a test. */
export function workerFile(): string {
  const isCompiled = import.meta.url.endsWith('.js');
  return fileURLToPath(
    new URL(isCompiled ? 'worker.js' : '../../dist/computations/worker.js', import.meta.url),
  );
}
