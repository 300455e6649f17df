import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestHost, startProgram } from '../../../../test/local-target.ts';
import { identifyProcess } from './process-identity.ts';
import { acquireRunLock } from './run-lock.ts';

const waiting = `console.log('up'); setTimeout(() => {}, 60_000);`;

it('refuses a second run with the id of the first, until that is released', () => {
  const host = createTestHost();
  const lock = acquireRunLock(host, 'first');
  expect(() => acquireRunLock(host, 'second')).toThrow(/run first \(process \d+\) is measuring/);
  lock.release();
  const second = acquireRunLock(host, 'second');
  lock.release();
  expect(() => acquireRunLock(host, 'third')).toThrow(/run second/);
  second.release();
  expect(readdirSync(host.temporaryFolder)).toEqual([]);
});

it('respects the lock of another living process, and takes over that of a dead one', async () => {
  const host = createTestHost();
  const other = await startProgram(waiting);
  const identity = identifyProcess(other.pid, host.platform);
  const file = join(host.temporaryFolder, `backend-load-testing-${host.userId}.lock`);
  writeFileSync(file, JSON.stringify({ runId: 'other', ...identity }));
  expect(() => acquireRunLock(host, 'mine')).toThrow(expect.objectContaining({ code: 'run-in-progress' }));

  const ended = new Promise((resolve) => other.child.once('exit', resolve));
  other.child.kill('SIGKILL');
  await ended;
  acquireRunLock(host, 'mine');
  expect(() => acquireRunLock(host, 'next')).toThrow(/run mine/);
  expect(readdirSync(host.temporaryFolder)).toHaveLength(1);
});

it('does not take over while another process is taking over', async () => {
  const host = createTestHost();
  const rival = await startProgram(waiting);
  const file = join(host.temporaryFolder, `backend-load-testing-${host.userId}.lock`);
  writeFileSync(file, JSON.stringify({ runId: 'dead', pid: process.pid, startTime: 'long ago' }));
  const claim = JSON.stringify({ runId: 'rival', ...identifyProcess(rival.pid, host.platform) });
  writeFileSync(`${file}.dead-${process.pid}`, claim);
  expect(() => acquireRunLock(host, 'mine')).toThrow(/run rival/);
});

it('takes over a lock that cannot be read', () => {
  const host = createTestHost();
  writeFileSync(join(host.temporaryFolder, `backend-load-testing-${host.userId}.lock`), '{"runId":');
  acquireRunLock(host, 'mine');
  expect(() => acquireRunLock(host, 'next')).toThrow(/run mine/);
});
