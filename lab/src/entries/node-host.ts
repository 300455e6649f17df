import { randomBytes } from 'node:crypto';
import { cpus, tmpdir } from 'node:os';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { Host, Output } from '../commands/host.ts';
import { parseProcStat, ticksPerSecond } from '../core/proc-stat.ts';
import type { HttpClient } from '../experiment/instruments.ts';
import { toLocalHost } from '../targets/local/local-host.ts';

/** The outside world as Node gives it. */
export function createNodeHost(signal: AbortSignal, urgentSignal: AbortSignal): Host {
  const local = toLocalHost(process, tmpdir());
  return {
    arguments: process.argv.slice(2),
    environment: process.env,
    workingFolder: process.cwd(),
    repositoryRoot: join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..'),
    nodeVersion: process.versions.node,
    stdout: toOutput(process.stdout),
    stderr: toOutput(process.stderr),
    signal,
    urgentSignal,
    clock: {
      monotonicMs: local.monotonicMs,
      now: () => new Date(),
      sleep: (ms, abort) => delay(ms, undefined, { signal: abort }),
    },
    machine: {
      cores: cpus().length,
      busyCpuSeconds,
      ownCpuSeconds: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
      busiestProcess,
    },
    http,
    local,
    randomId: () => randomBytes(2).toString('hex'),
  };
}

function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    columns: stream.columns ?? 100,
    colour: stream.isTTY && process.env['NO_COLOR'] === undefined,
  };
}

const http: HttpClient = {
  async request(method, url, { body, token, timeoutMs, signal }) {
    const response = await request(url, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode < 200 || response.statusCode > 299)
      throw new Error(`${method} ${url} answered ${response.statusCode}: ${text.slice(0, 500)}`);
    return text;
  },
};

/** All but idle and waiting for disks; guest time is in user time already; time stolen by the host counts. */
function busyCpuSeconds(): number | null {
  const line = readText('/proc/stat')?.split('\n')[0];
  if (line === undefined) return null;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) / ticksPerSecond;
}

/** Watches all processes for 300 ms. */
async function busiestProcess(): Promise<string | null> {
  const before = readAllTicks();
  if (before.size === 0) return null;
  await delay(300);
  let busiest: { name: string; ticks: number } | null = null;
  for (const [pid, { name, ticks }] of readAllTicks()) {
    const used = ticks - (before.get(pid)?.ticks ?? ticks);
    if (pid !== process.pid && used > (busiest?.ticks ?? 2))
      busiest = { name: `${name} (${pid})`, ticks: used };
  }
  return busiest?.name ?? null;
}

function readAllTicks(): Map<number, { name: string; ticks: number }> {
  const all = new Map<number, { name: string; ticks: number }>();
  for (const entry of process.platform === 'linux' ? readdirSync('/proc') : []) {
    const text = /^\d+$/.test(entry) ? readText(`/proc/${entry}/stat`) : undefined;
    const stat = parseProcStat(text ?? '');
    if (stat !== null) all.set(Number(entry), { name: stat.name, ticks: stat.cpuTicks });
  }
  return all;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
