// Proves that the lab leaves nothing behind, however it ends (Linux): starts a run, ends it at a random moment by SIGINT,
// SIGTERM or SIGKILL, and looks up to 10 s later for processes and cgroups that were not there before. Runs with limits,
// replicas, balancer, autoscaler and fault proxy take turns with the plain one. A second lab (`lab up`) lives all the time
// and must not notice. Usage: node scripts/prove-endings.mjs [times] [seed]
import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../lab/dist/core/random.js';
import { startLab } from './lib/lab-process.mjs';

const times = Number(process.argv[2] ?? 30);
/** Seeded, so that the moments can be repeated. */
const random = createRandom(Number(process.argv[3] ?? 1));
const signals = ['SIGKILL', 'SIGINT', 'SIGTERM'];
const latestMs = 26_000;
const runs = [
  ['cascade-failure', '--arms', 'unprotected,larger-pool'],
  ['horizontal-scaling', '--arms', 'kept-connections,protected'],
  ['memory-stress', '--arms', 'unprotected'],
  ['downstream-outage', '--arms', 'frozen'],
];
const graceMs = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'prove-endings-'));
const neighbour = startLab(folder, ['up', '--ports', 'auto', '--json']);
const addresses = JSON.parse(await neighbour.firstLine);
const before = livingPids();
let leftovers = 0;
let slowestMs = 0;
for (let number = 1; number <= times; number += 1) {
  const signal = signals[number % signals.length];
  const afterMs = Math.round(random() * latestMs);
  const run = runs[number % runs.length];
  const lab = startLab(folder, ['run', ...run]);
  await Promise.race([sleep(afterMs), lab.exited]);
  lab.child.kill(signal);
  const killedAt = Date.now();
  const isLeft = () => newPids().length > 0 || labGroups().length > 0;
  while (isLeft() && Date.now() - killedAt < graceMs) await sleep(50);
  const [left, groups] = [newPids(), labGroups()];
  const goneMs = Date.now() - killedAt;
  slowestMs = Math.max(slowestMs, goneMs);
  leftovers += left.length + groups.length;
  const folders = privateFolders();
  const alive = (await fetch(`${addresses.backend}/readyz`)).status === 200;
  console.log(
    `${String(number).padStart(2)} ${signal.padEnd(7)} ${run[0]} after ${String(afterMs).padStart(5)} ms: ${left.length + groups.length === 0 ? `all gone after ${goneMs} ms` : `STILL THERE: ${[...left.map(describe), ...groups].join('; ')}`}; private folders ${folders.length}; neighbour ${alive ? 'well' : 'HARMED'}`,
  );
  if (!alive) leftovers += 1;
}
neighbour.child.kill('SIGTERM');
await neighbour.exited;
console.log(JSON.stringify({ times, leftovers, slowestMs, privateFoldersAtTheEnd: privateFolders().length }));
process.exitCode = leftovers === 0 ? 0 : 1;

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

/** cgroups that a lab has made, of either version. */
function labGroups(folder = '/sys/fs/cgroup', depth = 0) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return [];
  }
  return entries.flatMap(({ name }) => {
    const path = join(folder, name);
    if (/^lab-\d{8}/.test(name)) return [path];
    return depth < 4 ? labGroups(path, depth + 1) : [];
  });
}

function privateFolders() {
  return readdirSync(tmpdir()).filter((name) => /^\.?backend-load-testing-\d{8}/.test(name));
}
