import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import { listen } from '../../../test/loopback.ts';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import { decodeWriteRequest } from '../../test/fixtures/write-request.ts';
import { UsageError } from '../core/settings.ts';
import type { Host } from './host.ts';
import { parseOutputs, withOutputs } from './outputs.ts';

function createHost(workingFolder = '/'): Host {
  const clock = {
    now: () => new Date('2026-03-01T10:15:00Z'),
    sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }),
  };
  return { workingFolder, clock, signal: new AbortController().signal } as unknown as Host;
}

/** Runs the sample run with these outputs; resolves with what the person at the terminal was told. */
async function runWith(outputs: readonly string[], workingFolder?: string): Promise<string[]> {
  const told: string[] = [];
  const log = (line: string) => void told.push(line);
  await withOutputs(createHost(workingFolder), parseOutputs(outputs, {}), log, async (listener) => {
    sampleRun().forEach(listener);
  });
  return told;
}

describe('--out', () => {
  it.each([
    ['csv=x', 'Unknown output "csv". Known: json=<file>, experimental-prometheus-rw[=<url>].'],
    ['toString', 'Unknown output "toString". Known: json=<file>, experimental-prometheus-rw[=<url>].'],
    ['json', '--out json: expected json=<file>'],
    ['experimental-prometheus-rw=here', '"here" is no address to write to'],
  ])('%s is wrong usage', (text, message) => {
    expect(() => parseOutputs(['json=fine', text], {})).toThrow(UsageError);
    expect(() => parseOutputs(['json=fine', text], {})).toThrow(message);
  });

  it('writes a run to a file and to a receiver at the same time', async () => {
    const folder = createTestFolder();
    const bodies: Buffer[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk));
      request.on('end', () => response.writeHead(204).end());
    });
    const url = `http://127.0.0.1:${await listen(server)}/write?a=b`;
    expect(await runWith(['json=run=1.json', `experimental-prometheus-rw=${url}`], folder)).toEqual([]);
    const lines = readFileSync(join(folder, 'run=1.json'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      metric: 'lab_arm_verdict',
      data: { tags: { arm: 'protected', verdict: 'FIXED' } },
    });
    const names = decodeWriteRequest(Buffer.concat(bodies)).map(({ labels }) => labels[0]?.[1]);
    expect(names).toContain('lab_arm_verdict');
    expect(names).toContain('lab_load_requests_total');
  });

  it('leaves a run alone whose receiver refuses, and says it once', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('no such page'));
    const url = `http://127.0.0.1:${await listen(server)}/write`;
    const told = await runWith([`experimental-prometheus-rw=${url}`]);
    expect(told).toEqual([
      expect.stringMatching(/^\d+ samples were not written to http:.*: it answered 404: no such page$/),
    ]);
  });

  it('is wrong usage when its file cannot be made, before anything is measured', async () => {
    await expect(runWith(['json=nowhere/run.json'], createTestFolder())).rejects.toThrow(
      /^--out json=nowhere\/run\.json cannot be written: ENOENT/,
    );
  });
});
