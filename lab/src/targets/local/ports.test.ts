import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createTestHost } from '../../../../test/local-target.ts';
import { assertPortsFree, findFreePort } from './ports.ts';

it('finds a port that is free', async () => {
  await expect(assertPortsFree(createTestHost(), [await findFreePort()])).resolves.toBeUndefined();
});

it.each(['127.0.0.1', '0.0.0.0'])('names a port taken at %s, its process and what to do', async (address) => {
  const port = await listen(address);
  const free = await findFreePort();
  await expect(assertPortsFree(createTestHost(), [free, port])).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringMatching(
      new RegExp(`^port ${port} is in use by process ${process.pid} \\(.*node.*\\)\\. End that program`),
    ) as string,
  });
});

async function listen(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
