import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type BenchHost, outputOf } from './child.ts';

/** Microseconds per call that a protection adds while it is on and has nothing to do, by its name. */
export type ProtectionCosts = Readonly<Record<string, number>>;

/** Runs the backend's own measurement in a process of its own: what a call costs in process is only to be seen there. */
export async function measureProtections(host: BenchHost, repositoryRoot: string): Promise<ProtectionCosts> {
  const program = join(repositoryRoot, 'app', 'dist', 'edge-cost.js');
  const child = spawn(host.execPath, [program], {
    env: { ...host.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  if (child.pid !== undefined) host.onSpawn(child.pid);
  const { exitCode, stdout } = await outputOf(child);
  if (exitCode !== 0) throw new Error(`app/dist/edge-cost.js ended with ${exitCode}`);
  return JSON.parse(stdout) as ProtectionCosts;
}
