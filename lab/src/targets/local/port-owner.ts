import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { readCommandLine } from './process-table.ts';
import { listPids } from './proc-stat.ts';

/** The process that listens on a TCP port, as `process 123 (command line)`; null where it cannot be known. */
export function describePortOwner(port: number, platform: NodeJS.Platform): string | null {
  const pid = platform === 'linux' ? findLinuxListener(port) : findListenerByLsof(port);
  if (pid === null) return null;
  const commandLine = readCommandLine(pid, platform);
  return `process ${pid}${commandLine === null ? '' : ` (${commandLine.slice(0, 120)})`}`;
}

/** Through the socket's inode: /proc/net/tcp lists it, and the file descriptors of its process link to it. */
function findLinuxListener(port: number): number | null {
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readListeningInodes(file, port)),
  );
  if (inodes.size === 0) return null;
  return listPids().find((pid) => readSocketInodes(pid).some((inode) => inodes.has(inode))) ?? null;
}

/** Fields as in proc(5): 1 local address as `hex:hex port`, 3 state (0A is LISTEN), 9 inode. */
function readListeningInodes(file: string, port: number): readonly string[] {
  try {
    const rows = readFileSync(file, 'utf8').split('\n').slice(1);
    return rows.flatMap((row) => {
      const fields = row.trim().split(/\s+/);
      const isListener = fields[3] === '0A' && Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port;
      return isListener && fields[9] !== undefined ? [fields[9]] : [];
    });
  } catch {
    return [];
  }
}

/** None for a process of another user. */
function readSocketInodes(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const inode = readDescriptor(pid, name)?.match(/^socket:\[(\d+)\]$/)?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
}

function readDescriptor(pid: number, name: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${name}`);
  } catch {
    return null;
  }
}

function findListenerByLsof(port: number): number | null {
  try {
    const output = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = Number.parseInt(output, 10);
    return Number.isNaN(pid) ? null : pid;
  } catch {
    return null;
  }
}
