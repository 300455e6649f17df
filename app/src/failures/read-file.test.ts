import { readdir, readlink, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { readFile } from './read-file.ts';

const FILE = fileURLToPath(new URL('../../package.json', import.meta.url));

/** How many descriptors of this process are open on the file. */
async function openDescriptors(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target === FILE).length;
}

describe('read-file', () => {
  it('reads the whole file from the disk, and says in how many operations', async () => {
    expect(await readFile.run({}, createContext())).toEqual({
      bytes: (await stat(FILE)).size,
      operations: 3,
    });
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const outcome = failureOf(
      readFile.run({}, createContext({ call: createCall({ signal: controller.signal }) })),
    );
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
  });

  // Elsewhere there is no list of descriptors to look at.
  it.skipIf(process.platform !== 'linux')('closes the file in any case, also after an abort', async () => {
    const controller = new AbortController();
    const context = createContext({ call: createCall({ signal: controller.signal }) });
    const outcomes = Array.from({ length: 10 }, () => failureOf(readFile.run({}, context)));
    controller.abort(new Error('gave up'));
    await Promise.all(outcomes);
    await readFile.run({}, createContext());
    await expect.poll(openDescriptors).toBe(0);
  });
});
