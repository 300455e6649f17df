import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'launcher-'));
  for (const folder of ['bin', 'scripts']) {
    mkdirSync(join(copy, folder));
    cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  }
});

afterEach(() => rmSync(copy, { recursive: true }));

const run = (...arguments_: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, { cwd: copy, encoding: 'utf8' });
  return { status, stdout, stderr };
};

test('without compiled files the start says in one sentence what to run', () => {
  expect(run('bin/start.mjs')).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'The service is not compiled yet (dist/main.js is missing): run `npm ci && npm run build` first.\n',
  });
});

test('an older Node gets one sentence with both versions', () => {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.18.3' })`;
  expect(run('--import', pretend, 'bin/start.mjs')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'This service needs Node 20.19 or newer, and this is Node 20.18.3.\n',
  });
});

test('without development dependencies the install step does nothing and succeeds', () => {
  expect(run('scripts/prepare.mjs')).toEqual({ status: 0, stdout: '', stderr: '' });
});
