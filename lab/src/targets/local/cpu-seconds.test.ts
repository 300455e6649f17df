import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startProgram } from '../../../../test/local-target.ts';
import { readCpuSeconds, readEndedChildrenSeconds } from './cpu-seconds.ts';

const busyChild = `
  import { spawn } from 'node:child_process';
  const busy = 'const end = Date.now() + 400; while (Date.now() < end); console.log("done"); setTimeout(() => {}, 60_000)';
  spawn(process.execPath, ['-e', busy], { stdio: ['ignore', 'inherit', 'inherit'] });
`;

it.runIf(process.platform === 'linux')('counts the children only of those whose children count', async () => {
  const { pid } = await startProgram(busyChild);
  const alone = readCpuSeconds([pid], [], 'linux') ?? 0;
  const family = readCpuSeconds([], [pid], 'linux') ?? 0;
  expect(family - alone).toBeGreaterThan(0.1);
  expect(family - alone).toBeLessThan(1);
});

it.runIf(process.platform === 'linux')('agrees with what the process itself says', () => {
  const { user, system } = process.cpuUsage();
  expect(Math.abs((readCpuSeconds([process.pid], [], 'linux') ?? 0) - (user + system) / 1e6)).toBeLessThan(
    0.1,
  );
});

it('knows nothing where there is no /proc', () => {
  expect(readCpuSeconds([1], [], 'darwin')).toBeNull();
});

it.runIf(process.platform === 'linux')('what a child has used counts from its end on', () => {
  const before = readEndedChildrenSeconds(process.pid) ?? 0;
  spawnSync(process.execPath, ['-e', 'const end = Date.now() + 300; while (Date.now() < end);']);
  expect((readEndedChildrenSeconds(process.pid) ?? 0) - before).toBeGreaterThan(0.1);
});

it('knows nothing of the children of a process that is gone', () => {
  expect(readEndedChildrenSeconds(2 ** 30)).toBeNull();
});
