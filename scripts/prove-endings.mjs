// Proves that the lab leaves nothing behind, however it ends (Linux): starts a run, ends it at a random moment by SIGINT,
// SIGTERM or SIGKILL, and looks 10 s later for processes and listening ports that were not there before. A second lab
// (`lab up`) lives all the time and must not notice. Usage: node scripts/prove-endings.mjs [times] [seed]
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../lab/dist/core/random.js';

const times = Number(process.argv[2] ?? 30);
/** Seeded, so that the moments can be repeated. */
const random = createRandom(Number(process.argv[3] ?? 1));
const program = fileURLToPath(new URL('../lab/bin/lab.mjs', import.meta.url));
const signals = ['SIGKILL', 'SIGINT', 'SIGTERM'];
const latestMs = 26_000;
const graceMs = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'prove-endings-'));
const neighbour = startLab(['up', '--ports', 'auto', '--json']);
const addresses = JSON.parse(await neighbour.firstLine);
const before = livingPids();
let leftovers = 0;
let slowestMs = 0;
for (let number = 1; number <= times; number += 1) {
  const signal = signals[number % signals.length];
  const afterMs = Math.round(random() * latestMs);
  const lab = startLab(['run', 'cascade-failure', '--arms', 'unprotected,larger-pool']);
  await Promise.race([sleep(afterMs), lab.exited]);
  lab.child.kill(signal);
  const killedAt = Date.now();
  let left = newPids();
  while (left.length > 0 && Date.now() - killedAt < graceMs) {
    await sleep(50);
    left = newPids();
  }
  const goneMs = Date.now() - killedAt;
  slowestMs = Math.max(slowestMs, goneMs);
  leftovers += left.length;
  const folders = privateFolders();
  const alive = (await fetch(`${addresses.backend}/readyz`)).status === 200;
  console.log(
    `${String(number).padStart(2)} ${signal.padEnd(7)} after ${String(afterMs).padStart(5)} ms: ${left.length === 0 ? `all gone after ${goneMs} ms` : `STILL THERE: ${left.map(describe).join('; ')}`}; private folders ${folders.length}; neighbour ${alive ? 'well' : 'HARMED'}`,
  );
  if (!alive) leftovers += 1;
}
neighbour.child.kill('SIGTERM');
await neighbour.exited;
console.log(JSON.stringify({ times, leftovers, slowestMs, privateFoldersAtTheEnd: privateFolders().length }));
process.exitCode = leftovers === 0 ? 0 : 1;

function startLab(options) {
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const firstLine = new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(chunk.toString())));
  child.stdout.resume();
  return { child, firstLine, exited: new Promise((resolve) => child.once('exit', resolve)) };
}

/** Everything that runs and is no zombie. */
function livingPids() {
  return new Set(
    readdirSync('/proc').filter((entry) => {
      if (!/^\d+$/.test(entry)) return false;
      try {
        return !/\) [ZX] /.test(readFileSync(`/proc/${entry}/stat`, 'latin1'));
      } catch {
        return false;
      }
    }),
  );
}

/** Processes of ours that were not there before: node, postgres and initdb, but not this one's own. */
function newPids() {
  return [...livingPids()].filter((pid) => !before.has(pid) && /node|postgres|initdb/.test(commandOf(pid)));
}

function commandOf(pid) {
  try {
    return `${readlinkSync(`/proc/${pid}/exe`)} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`;
  } catch {
    return '';
  }
}

function describe(pid) {
  return `${pid} ${commandOf(pid).slice(0, 80)}`;
}

function privateFolders() {
  return readdirSync(tmpdir()).filter((name) => /^\.?backend-load-testing-\d{8}/.test(name));
}
