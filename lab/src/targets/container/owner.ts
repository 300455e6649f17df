import { hostname } from 'node:os';
import type { LocalHost } from '../local/local-host.ts';
import { identifyProcess, isProcessIdentity, isRunning } from '../local/process-identity.ts';

/** Says in a label or an annotation whose a container or a namespace is: the process, and the machine that it runs on. */
export function toOwner(host: LocalHost): string {
  return JSON.stringify({ machine: hostname(), ...identifyProcess(host.pid, host.platform) });
}

/** Whether it is certain that the owner is gone. Of another machine, or unreadable: nobody can know. */
export function isOwnerGone(owner: string, host: LocalHost): boolean {
  try {
    const value = JSON.parse(owner) as { readonly machine?: unknown };
    return value.machine === hostname() && isProcessIdentity(value) && !isRunning(value, host.platform);
  } catch {
    return false;
  }
}
