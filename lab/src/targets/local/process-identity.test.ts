import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { eventually, startProgram } from '../../../../test/local-target.ts';
import { identifyProcess, isProcessIdentity, isRunning } from './process-identity.ts';

const { platform } = process;

it('tells a running process from a later one with the same pid', () => {
  const self = identifyProcess(process.pid, platform);
  expect(self).not.toBeNull();
  expect(isRunning({ pid: process.pid, startTime: self?.startTime ?? '' }, platform)).toBe(true);
  expect(isRunning({ pid: process.pid, startTime: 'another time' }, platform)).toBe(false);
});

it('sees that a process has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const identity = identifyProcess(child.pid ?? 0, platform);
  expect(identity && isRunning(identity, platform)).toBe(true);
  child.kill('SIGKILL');
  expect(await eventually(() => identity !== null && !isRunning(identity, platform))).toBe(true);
});

it.runIf(platform === 'linux')('counts a zombie as ended', async () => {
  // The shell's child becomes `sleep 60`, which never waits for the child that it has inherited.
  const program = `
    import { spawn } from 'node:child_process';
    spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'inherit', 'ignore'] });
  `;
  const { firstLine } = await startProgram(program);
  const zombie = Number(firstLine);
  expect(zombie).toBeGreaterThan(0);
  expect(await eventually(() => identifyProcess(zombie, platform) === null)).toBe(true);
  expect(() => process.kill(zombie, 0)).not.toThrow();
});

it('accepts only the shape of an identity from a file', () => {
  expect(isProcessIdentity({ pid: 1, startTime: '5' })).toBe(true);
  for (const wrong of [null, 1, {}, { pid: 0, startTime: '5' }, { pid: 1.5, startTime: '5' }, { pid: 1 }]) {
    expect(isProcessIdentity(wrong)).toBe(false);
  }
});
