import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Guard } from '../lab/src/targets/local/guard.ts';
import { toLocalHost } from '../lab/src/targets/local/local-host.ts';
import type { LocalHost } from '../lab/src/targets/local/local-host.ts';
import { waitUntil } from '../lab/src/targets/local/waiting.ts';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** The running test process, with a temporary folder of its own, so that no other run is met. */
export function createTestHost(): LocalHost {
  return toLocalHost(process, createTestFolder());
}

/** A folder that is removed when the test has finished; other users can pass through it. */
export function createTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lab-test-'));
  chmodSync(folder, 0o711);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Starts a program text in a process group of its own, killed at the end of the test. Resolves with its first line of output. */
export async function startProgram(
  text: string,
  args: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly pid: number; readonly firstLine: string }> {
  const file = join(createTestFolder(), 'program.mjs');
  writeFileSync(file, text);
  const child = spawn(process.execPath, [file, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    // Its own children too: one that lives on would hold the test process's output open.
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {}
  });
  const firstLine = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('\n')) resolve(output.split('\n')[0] ?? '');
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  return { child, pid: child.pid ?? 0, firstLine };
}

/** A clone whose services are stand-ins: they obey the start-up handshake and answer with their environment. */
export function createStandInRepository(service = standInService): string {
  const root = createTestFolder();
  for (const program of ['app', 'downstream-slow-service']) {
    mkdirSync(join(root, program, 'dist'), { recursive: true });
    writeFileSync(join(root, program, 'dist', 'main.js'), service);
  }
  mkdirSync(join(root, 'lab'));
  symlinkSync(join(repositoryRoot, 'lab', 'dist'), join(root, 'lab', 'dist'));
  return root;
}

export const standInService = `
const { createServer } = require('node:http');
const service = createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  response.end(JSON.stringify(process.env));
});
const control = createServer((request, response) => response.end('{}'));
service.listen(Number(process.env.PORT), '127.0.0.1', () =>
  control.listen(Number(process.env.CONTROL_PORT), '127.0.0.1', () => {
    process.send({ type: 'listening', port: service.address().port, controlPort: control.address().port });
    process.channel.unref();
  }));
process.on('SIGTERM', () => process.exit(0));
`;

/** Keeps what was registered instead of guarding it. */
export function createRecordingGuard(): Guard & { readonly calls: readonly string[] } {
  const calls: string[] = [];
  const record =
    (name: string) =>
    (subject: number | string): void => {
      calls.push(`${name} ${subject}`);
    };
  return {
    calls,
    ready: () => Promise.resolve(),
    failed: new Promise<never>(() => undefined),
    registerProcess: record('process'),
    registerPostgres: record('postgres'),
    forgetProcess: record('forget-process'),
    registerFolder: record('folder'),
    forgetFolder: record('forget-folder'),
    registerDatabase: record('database'),
    forgetDatabase: record('forget-database'),
    registerCgroup: record('cgroup'),
    forgetCgroup: record('forget-cgroup'),
    registerCommand: ({ name }) => record('command')(name),
    forgetCommand: record('forget-command'),
    release: () => Promise.resolve(),
    endAll: () => Promise.resolve(),
  };
}

/** True when the condition became true in time. */
export function eventually(isDone: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<boolean> {
  return waitUntil(isDone, { deadlineMs, intervalMs: 20 });
}
