import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { CleanupCommand, GuardRegistry } from './guard-registry.ts';
import { isGroupOfRun, liftQuota, removeGroup } from './limits/group-removal.ts';
import type { LocalHost } from './local-host.ts';
import { isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { findChildren, findProcessesOfRun } from './process-table.ts';
import { quoteIdentifier, runSql } from './sql-session.ts';
import { waitUntil } from './waiting.ts';

/** How long a process may take to end by itself before it is killed. */
const graceMs = 1_500;
/** How long a killed process may take to be gone. */
const killMs = 2_000;
const commandMs = 60_000;

/**
 * Ends all that a run has left: services by SIGTERM, PostgreSQL by SIGQUIT (its immediate shutdown), after a grace all
 * by SIGKILL, then whatever else the operating system shows as part of the run, or is in its control groups; drops
 * databases in the user's own server, ends containers and removes the folders at last. Takes at most about 10 s, with
 * containers longer. A process is signalled only while its pid still belongs to it.
 */
export async function endRun(registry: GuardRegistry, runId: string, host: LocalHost): Promise<void> {
  const services = [...registry.processes.values()];
  const postmasters = [...registry.postgres.values()];
  const backends = postmasters.flatMap(({ pid }) => findChildren(pid, host.platform));
  const everyone = [...services, ...postmasters, ...backends];
  const groups = [...registry.cgroups].filter((folder) => isGroupOfRun(folder, runId));
  for (const group of groups) liftQuota(group);

  for (const service of services) {
    signalProcess(host, service, 'SIGTERM', 'group');
    // An emulated CPU quota may have stopped it; a stopped process hears nothing.
    signalProcess(host, service, 'SIGCONT', 'group');
  }
  for (const postmaster of postmasters) signalProcess(host, postmaster, 'SIGQUIT', 'alone');
  await waitForEnd(host, everyone, graceMs);
  for (const service of services) signalProcess(host, service, 'SIGKILL', 'group');
  for (const process of [...postmasters, ...backends]) signalProcess(host, process, 'SIGKILL', 'alone');
  await waitForEnd(host, everyone, killMs);

  await killRest(host, runId, [...registry.folders]);
  await Promise.all(groups.map((group) => removeGroup(host, group)));
  await Promise.all([...registry.databases].map(([name, adminUrl]) => dropDatabase(name, adminUrl)));
  for (const command of registry.commands.values()) await runCleanup(command);
  for (const folder of registry.folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Kills, on Linux, every process that carries the run's marker or works in its folders; not the caller itself. */
export async function killRest(host: LocalHost, runId: string, folders: readonly string[]): Promise<void> {
  if (host.platform !== 'linux') return;
  await waitUntil(
    () => {
      const rest = findProcessesOfRun(runId, folders).filter(({ pid }) => pid !== host.pid);
      for (const process of rest) signalProcess(host, process, 'SIGKILL', 'alone');
      return rest.length === 0;
    },
    { deadlineMs: killMs, intervalMs: 20 },
  );
}

/** Sends the signal if exactly this process still runs; a process that is gone is no error. */
function signalProcess(
  host: LocalHost,
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  reach: 'group' | 'alone',
): void {
  if (!isRunning(identity, host.platform)) return;
  try {
    host.kill(reach === 'group' ? -identity.pid : identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What it could not end waits for the next start's clean-up. */
function runCleanup({ file, args, environment }: CleanupCommand): Promise<void> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { ...environment }, timeout: commandMs }, () => resolve());
  });
}

/** A server that cannot be reached any more keeps its database: nobody is left to hear of it. */
async function dropDatabase(name: string, adminUrl: string): Promise<void> {
  const statement = `DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`;
  await runSql(adminUrl, [statement], { connectDeadlineMs: 1_000, statementDeadlineMs: 2_000 }).catch(
    () => undefined,
  );
}

async function waitForEnd(
  host: LocalHost,
  processes: readonly ProcessIdentity[],
  deadlineMs: number,
): Promise<void> {
  await waitUntil(() => !processes.some((process) => isRunning(process, host.platform)), {
    deadlineMs,
    intervalMs: 20,
  });
}
