import { totalmem } from 'node:os';
import process from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ProcessReadings } from './kernel/readings.ts';

/** What this process knows of itself. A `givenLimitBytes` that is not 0 counts instead of what the kernel says. */
export function createReadings(givenLimitBytes = 0): ProcessReadings {
  const memoryLimitBytes = givenLimitBytes > 0 ? givenLimitBytes : findMemoryLimit();
  const oldSpaceBytes = findOldSpaceLimit();
  let collect: (() => void) | undefined;

  return {
    residentBytes: () => process.memoryUsage.rss(),
    heapUsedBytes: () => getHeapStatistics().used_heap_size,
    heapLimitBytes: () => oldSpaceBytes ?? getHeapStatistics().heap_size_limit,
    memoryLimitBytes: () => memoryLimitBytes,
    startEpochSeconds: () => performance.timeOrigin / 1000,
    cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    uptimeSeconds: () => process.uptime(),
    collectGarbage() {
      collect ??= findCollector();
      collect();
    },
  };
}

/**
 * Without a limit Node says 0 or a number beyond all machines (process.constrainedMemory, Node.js documentation). With
 * cgroup v1 it looks at the process's own group only, and takes the soft limit when that is lower (libuv 1.46).
 */
function findMemoryLimit(): number {
  const constrainedBytes = process.constrainedMemory();
  const machineBytes = totalmem();
  const hasLimit = constrainedBytes > 0 && constrainedBytes < machineBytes;
  return hasLimit ? constrainedBytes : machineBytes;
}

/**
 * V8 gives up when the old space is full, but `heap_size_limit` counts the young one as well: with
 * --max-old-space-size=96 it says 144 MiB, and 80 % of that is never reached. Undefined when the option is not set; the
 * default is so large that the difference does not count.
 */
function findOldSpaceLimit(): number | undefined {
  const options = [process.env['NODE_OPTIONS'] ?? '', ...process.execArgv].join(' ');
  const [, mebibytes] = [...options.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)].at(-1) ?? [];
  return mebibytes === undefined ? undefined : Number(mebibytes) * 1_048_576;
}

/** V8 shows its collector to contexts made after the flag was set, so no command line option is needed. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
