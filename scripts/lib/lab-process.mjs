import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../lab/bin/lab.mjs', import.meta.url));

/** Starts the compiled lab in that folder, with PATH and these variables alone. */
export function startLab(folder, options, variables = {}) {
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = new Promise((resolve) => child.once('close', resolve));
  /** Rejects when the lab ends without one. */
  const firstLine = new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(chunk.toString()));
    void exited.then(() => reject(new Error(`lab ${options.join(' ')} ended early: ${output}`)));
  });
  firstLine.catch(() => {});
  return { child, exited, firstLine, stdout: () => stdout, output: () => output };
}

/** Starts the system of a scenario on free ports, hands over its addresses, and ends it whatever happens. */
export async function withSystem(folder, scenario, use) {
  const system = startLab(folder, ['up', '--ports', 'auto', '--json', '--scenario', scenario]);
  try {
    return await use(JSON.parse(await system.firstLine));
  } finally {
    system.child.kill('SIGTERM');
    await system.exited;
  }
}
