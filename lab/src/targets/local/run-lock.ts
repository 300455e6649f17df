import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalHost } from './local-host.ts';
import { identifyProcess, isProcessIdentity, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { TargetError } from './target-error.ts';

interface Holder extends ProcessIdentity {
  readonly runId: string;
}

export interface RunLock {
  /** Idempotent. */
  release(): void;
}

/**
 * Makes this run the only measuring run of the user on this machine: two at once would measure each other. Throws
 * `run-in-progress` with the other run's id. The lock of a dead lab is taken over.
 */
export function acquireRunLock(host: LocalHost, runId: string): RunLock {
  const identity = identifyProcess(host.pid, host.platform);
  if (identity === null) throw new Error(`the start time of process ${host.pid} cannot be read`);
  const self: Holder = { runId, ...identity };
  const file = join(host.temporaryFolder, `backend-load-testing-${host.userId ?? 'user'}.lock`);

  if (!createWhole(file, self, identity)) takeOver(host, file, self);
  return {
    release: () => {
      if (isSame(readHolder(file), self)) rmSync(file, { force: true });
    },
  };
}

/**
 * Exactly one of several labs may replace a dead holder: the one that creates the claim on this very holder. As long
 * as the dead holder's file is there, nobody but the claimant changes it.
 */
function takeOver(host: LocalHost, file: string, self: Holder): void {
  const holder = readHolder(file);
  if (holder !== null && isRunning(holder, host.platform)) throw toRefusal(holder);

  const claim = `${file}.${holder === null ? 'unreadable' : `${holder.runId}-${holder.pid}`}`;
  const rival = readHolder(claim);
  if (rival !== null && !isRunning(rival, host.platform)) rmSync(claim, { force: true });
  if (!createWhole(claim, self, self)) throw toRefusal(readHolder(claim) ?? self);
  try {
    const current = readHolder(file);
    if (current !== null && !isSame(current, holder)) throw toRefusal(current);
    writeFileSync(`${file}.${self.pid}`, JSON.stringify(self), { mode: 0o600 });
    renameSync(`${file}.${self.pid}`, file);
  } finally {
    rmSync(claim, { force: true });
  }
  const winner = readHolder(file);
  if (!isSame(winner, self)) throw toRefusal(winner ?? self);
}

/** Creates the file with its whole content, or not at all. False when there is one already. */
function createWhole(file: string, content: Holder, { pid }: ProcessIdentity): boolean {
  const draft = `${file}.${pid}`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(file: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isProcessIdentity(holder) || !('runId' in holder) || typeof holder.runId !== 'string') return null;
    return { runId: holder.runId, pid: holder.pid, startTime: holder.startTime };
  } catch {
    return null;
  }
}

function isSame(left: Holder | null, right: Holder | null): boolean {
  return left?.runId === right?.runId && left?.pid === right?.pid && left?.startTime === right?.startTime;
}

function toRefusal(holder: Holder): TargetError {
  return new TargetError(
    'run-in-progress',
    `run ${holder.runId} (process ${holder.pid}) is measuring on this machine; wait for its end, or stop it first`,
  );
}
