import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import { findGenerators } from './generator-programs.ts';

const host = { execPath: process.execPath, environment: { PATH: '/usr/bin:/bin' }, onSpawn: () => {} };
const order = {
  url: 'http://127.0.0.1:1/',
  ratePerSecond: 3000,
  durationSeconds: 10,
  signal: new AbortController().signal,
};

/** A program that writes down how it was called and what it was given to read, then ends with this code. */
function createStandIn(exitCode = 0): { readonly path: string; readonly said: () => string } {
  const path = join(createTestFolder(), 'program');
  writeFileSync(
    path,
    `#!/bin/sh\necho "$@" > "$0.said"\ncat >> "$0.said"\necho broken >&2\nexit ${exitCode}\n`,
  );
  chmodSync(path, 0o755);
  return { path, said: () => readFileSync(`${path}.said`, 'utf8') };
}

async function run(name: string, path: string): Promise<unknown> {
  const found = findGenerators(host, (wanted) => (wanted === name ? path : null));
  const generator = found.find((each) => each.name === name);
  if (generator === undefined || 'absent' in generator) throw new Error(`${name} is absent`);
  return generator.run(order);
}

it.each([
  ['vegeta', 'attack -rate=3000 -duration=10s -output=/dev/null\nGET http://127.0.0.1:1/\n'],
  ['hey', '-z 10s -c 50 -q 60 http://127.0.0.1:1/\n'],
  ['wrk', '-t 1 -c 50 -d 10s http://127.0.0.1:1/\n'],
])('%s is asked for the rate and the time, as far as it knows them', async (name, said) => {
  const program = createStandIn();
  await run(name, program.path);
  expect(program.said()).toBe(said);
});

it('says what a program that failed had to say', async () => {
  await expect(run('vegeta', createStandIn(3).path)).rejects.toThrow('vegeta ended with 3: broken');
});

it('names those that are not on PATH', () => {
  const found = findGenerators(host, () => null).filter(({ name }) => name !== 'autocannon');
  expect(found).toEqual(['vegeta', 'hey', 'wrk'].map((name) => ({ name, absent: 'not on PATH' })));
});
