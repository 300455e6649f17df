import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiles the service, so that the tests of the whole process start what `npm start` starts. */
export function setup(): void {
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd, stdio: 'inherit' });
}
