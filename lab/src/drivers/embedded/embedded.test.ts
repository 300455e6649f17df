import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { describeDriver, type DriverUnderTest } from '../driver.contract.ts';
import { createEmbeddedDriver } from './embedded.ts';

/** The driver's process needs JavaScript: `npm run build`, part of `npm ci`, compiles it. */
const compiledEntry = fileURLToPath(new URL('../../../dist/entries/driver.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lab-driver-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const plan = { seed: 1, routes: [], streams: [], inFlightLimit: 1 };

function createTested(entryPath = compiledEntry, execPath = process.execPath): DriverUnderTest {
  let pid = 0;
  const onSpawn = (spawned: number) => {
    pid = spawned;
  };
  return {
    driver: createEmbeddedDriver({ execPath, environment: {}, entryPath, onSpawn }),
    kill: () => process.kill(pid, 'SIGKILL'),
    isAlive: () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    },
  };
}

function writeEntry(name: string, code: string): string {
  const path = join(scratch, `${name}.mjs`);
  writeFileSync(path, code);
  return path;
}

describeDriver('embedded', () => createTested());

describe('createEmbeddedDriver', () => {
  const options = { baseUrl: 'http://127.0.0.1:9', signal: new AbortController().signal, onSecond: () => {} };

  it('says how its process ended and what it wrote last', async () => {
    const entry = writeEntry('broken', "console.error('out of luck'); process.exitCode = 7;");
    await expect(createTested(entry).driver.start(plan, options)).rejects.toThrow(/exit code 7\nout of luck/);
  });

  it('gives its process only the environment that it was handed', async () => {
    const report =
      'process.send({ type: "failed", reason: Object.keys(process.env).join() }); setTimeout(() => {}, 1e6);';
    const entryPath = writeEntry('environment', report);
    const driver = createEmbeddedDriver({
      execPath: process.execPath,
      environment: { ONLY: 'this' },
      entryPath,
    });
    await expect(driver.start(plan, options)).rejects.toThrow(/failed: ONLY$/);
  });

  it('says when there is no program to run', async () => {
    await expect(createTested(compiledEntry, '/nowhere/node').driver.start(plan, options)).rejects.toThrow(
      /cannot run.*ENOENT/,
    );
  });

  it('says what it cannot load', async () => {
    const https = { ...options, baseUrl: 'https://127.0.0.1:9' };
    await expect(createTested().driver.start(plan, https)).rejects.toThrow('plain http only');
  });

  it('does not start when the run was aborted before', async () => {
    const aborted = { ...options, signal: AbortSignal.abort(new Error('too late')) };
    await expect(createTested().driver.start(plan, aborted)).rejects.toThrow('too late');
  });

  it('resolves at once for a plan without requests', async () => {
    const run = await createTested().driver.start(plan, options);
    await expect(run.finished).resolves.toMatchObject({ planned: 0, sent: 0, notSent: 0 });
  });
});
