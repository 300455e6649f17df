import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestFolder } from '../../test/local-target.ts';

const program = fileURLToPath(new URL('../bin/lab.mjs', import.meta.url));

/** The compiled lab as a user runs it: a process of its own in an empty working folder. */
export function startLab(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const folder = createTestFolder();
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    folder,
    child,
    /** Resolves when the process has ended. */
    ended: exited.then((exitCode) => ({ exitCode, stdout, stderr })),
    /** Resolves with all of stdout as soon as the text is in it; rejects when the process ends first. */
    async untilOutput(text: string): Promise<string> {
      for (;;) {
        if (stdout.includes(text)) return stdout;
        const over = await Promise.race([exited.then(() => true), nextData(child.stdout).then(() => false)]);
        if (over && !stdout.includes(text)) throw new Error(`the lab ended early: ${stderr}`);
      }
    },
  };
}

/** Living processes whose environment carries a run's id, zombies left out; none where there is no /proc to ask. */
export function processesOf(runId: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const marked = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`LAB_RUN_ID=${runId}`);
        return marked && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      } catch {
        return false;
      }
    });
}

function nextData(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => stream.once('data', () => resolve()));
}
