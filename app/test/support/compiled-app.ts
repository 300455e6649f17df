import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('../..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

/** Compiles what has changed: worker threads load the compiled computations, also in tests. */
export function compileApp(): void {
  execFileSync(process.execPath, [compiler, '-b', app]);
}
