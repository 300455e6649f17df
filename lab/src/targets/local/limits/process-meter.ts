import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** What a running process uses. Its files are held open: that is cheaper, and they never show a later process's values. */
export interface ProcessMeter {
  /** CPU time of all threads since the start of the process, those that have ended included, as far as it was seen. */
  readCpuMs(): number;
  /** Null when the process has ended. */
  readRssBytes(): number | null;
  /** Looks for threads that have come; those seen late count from their start all the same. */
  findThreads(): void;
  close(): void;
}

interface Thread {
  readonly file: number;
  cpuNs: number;
}

const buffer = Buffer.alloc(4_096);

/** Null when there is no such process, or no `/proc` that tells CPU time in nanoseconds (CONFIG_SCHED_INFO). */
export function openProcessMeter(pid: number): ProcessMeter | null {
  const status = open(`/proc/${pid}/status`);
  if (status === null) return null;
  const threads = new Map<string, Thread>();
  let endedNs = 0;

  function end(id: string, thread: Thread): void {
    endedNs += thread.cpuNs;
    closeSync(thread.file);
    threads.delete(id);
  }

  function findThreads(): void {
    for (const id of listThreads(pid)) {
      if (threads.has(id)) continue;
      const file = open(`/proc/${pid}/task/${id}/schedstat`);
      if (file !== null) threads.set(id, { file, cpuNs: 0 });
    }
  }

  function readCpuMs(): number {
    let totalNs = endedNs;
    for (const [id, thread] of threads) {
      const text = read(thread.file);
      totalNs += thread.cpuNs;
      if (text === null) {
        end(id, thread);
        continue;
      }
      // The first of three fields: nanoseconds on a CPU (Documentation/scheduler/sched-stats).
      const cpuNs = Number.parseInt(text, 10);
      totalNs += cpuNs - thread.cpuNs;
      thread.cpuNs = cpuNs;
    }
    return totalNs / 1e6;
  }

  const close = (): void => {
    for (const [id, thread] of threads) end(id, thread);
    closeSync(status);
  };
  findThreads();
  if (readCpuMs() === 0) {
    close();
    return null;
  }
  return {
    readCpuMs,
    // A process that is a zombie has a status, but no memory any more.
    readRssBytes: () => {
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(status) ?? '')?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
    },
    findThreads,
    close,
  };
}

function listThreads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

/** The whole of a small file of `/proc`, made anew by the kernel; null when its process or thread has ended. */
function read(file: number): string | null {
  try {
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    return null;
  }
}
