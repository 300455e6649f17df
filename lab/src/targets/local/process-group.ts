import type { ChildProcess } from 'node:child_process';
import type { LocalHost } from './local-host.ts';
import { waitUntil } from './waiting.ts';

const killDeadlineMs = 3_000;

/**
 * SIGTERM to the child's process group, after the grace SIGKILL. The pid is still ours as long as the child has not been
 * reaped, so no other process can be hit.
 */
export async function stopGroup(host: LocalHost, child: ChildProcess, graceMs: number): Promise<void> {
  const { pid } = child;
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (pid === undefined || hasEnded()) return;
  killGroup(host, pid, 'SIGTERM');
  if (await waitUntil(hasEnded, { deadlineMs: graceMs, intervalMs: 5 })) return;
  killGroup(host, pid, 'SIGKILL');
  await waitUntil(hasEnded, { deadlineMs: killDeadlineMs, intervalMs: 5 });
}

/** Sends a signal to a whole process group, if anybody is left in it. */
export function killGroup(host: LocalHost, leaderPid: number, signal: NodeJS.Signals): void {
  try {
    host.kill(-leaderPid, signal);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: macOS says so for a group whose members are all zombies.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
