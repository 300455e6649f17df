import { spawnSync } from 'node:child_process';
import type { Guard } from '../guard.ts';
import type { LocalHost } from '../local-host.ts';
import { createCgroupConfiner } from './cgroup-confiner.ts';
import type { CgroupConfinement, CgroupConfiner } from './cgroup-confiner.ts';
import { kernelTree } from './cgroup-tree.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import { findCgroupV1 } from './cgroup-v1.ts';
import { findCgroupsV2 } from './cgroup-v2.ts';
import type { Confiner } from './confinement.ts';
import { canEmulate, createEmulatedConfiner } from './emulated.ts';

const probeLimits = { cpuCores: 0.5, memoryBytes: 64 * 1024 * 1024 };
const probeMs = 5_000;
const removalAttempts = 50;
const removalPauseMs = 5;

export interface DetectOptions {
  readonly runId: string;
  /** It removes the groups when the lab cannot. */
  readonly guard?: Pick<Guard, 'registerCgroup' | 'forgetCgroup'> | undefined;
  /** The value of `LAB_LIMITS`: `emulated` does without the kernel's limits, for tests. */
  readonly force?: string | undefined;
  /** Tests put the tree elsewhere. */
  readonly tree?: CgroupTree | undefined;
}

/**
 * The best kind of limits that can be had here: the kernel's, else emulated ones on Linux, else null. A program is
 * really started in a group that is removed again, about 10 ms; nothing is left behind.
 */
export function detectConfiner(host: LocalHost, options: DetectOptions): Confiner | null {
  if (host.platform !== 'linux') return null;
  const tree = options.tree ?? kernelTree;
  if (options.force !== 'emulated') {
    const v1 = findCgroupV1(tree);
    for (const version of [...(v1 === null ? [] : [v1]), ...findCgroupsV2(tree)]) {
      const confiner = createCgroupConfiner(host, version, { ...options, tree });
      if (works(confiner)) return confiner;
    }
  }
  return canEmulate(host) ? createEmulatedConfiner(host) : null;
}

/** One line for the person at the terminal. */
export function describeLimits(kind: Confiner['kind'] | undefined): string {
  switch (kind) {
    case 'cgroup-v1':
      return 'cgroup v1 (CPU quota and memory, by the kernel)';
    case 'cgroup-v2':
      return 'cgroup v2 (CPU quota and memory, by the kernel)';
    case 'emulated':
      return 'emulated: the lab itself meters CPU time and RSS, stops and kills (no cgroups used)';
    case undefined:
      return 'none: neither cgroups nor a way to meter processes; scenarios with limits are skipped';
  }
}

function works(confiner: CgroupConfiner): boolean {
  let probe: CgroupConfinement | undefined;
  try {
    probe = confiner.create('probe', probeLimits);
    const { command, args } = probe.wrap('/bin/true', []);
    return spawnSync(command, args, { stdio: 'ignore', env: {}, timeout: probeMs }).status === 0;
  } catch {
    return false;
  } finally {
    if (probe !== undefined) removeNow(probe);
  }
}

/** The program has ended and was waited for; the kernel may still take a moment to see its group as empty. */
function removeNow(probe: CgroupConfinement): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < removalAttempts; attempt += 1) {
    if (probe.tryClose()) return;
    Atomics.wait(pause, 0, 0, removalPauseMs);
  }
}
