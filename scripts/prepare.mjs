// Runs at the end of `npm ci`: compiles the services and the lab, and installs the downstream service, which is a
// project of its own. Without the development dependencies (`--omit=dev`) there is no compiler, and nothing to do.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const downstream = join(root, 'downstream-slow-service');
const tsc = findCompiler();

if (tsc !== undefined) {
  const results = await Promise.all([
    run(process.execPath, [tsc, '-b', 'app', 'lab'], root),
    installDownstream(),
  ]);
  process.exitCode = results.every((code) => code === 0) ? 0 : 1;
}

/** Its own prepare script is run by name, so that `ignore-scripts` in the user's configuration changes nothing. */
async function installDownstream() {
  const npm = process.env.npm_execpath;
  const [command, ...start] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const code = await run(command, [...start, 'ci', '--ignore-scripts'], downstream);
  return code === 0 ? run(process.execPath, ['scripts/prepare.mjs'], downstream) : code;
}

function findCompiler() {
  try {
    return createRequire(join(root, 'package.json')).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
