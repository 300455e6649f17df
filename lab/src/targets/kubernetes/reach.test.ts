import { expect, it } from 'vitest';
import type { Client } from '../container/client.ts';
import { untilReached } from './reach.ts';

it('waits until every pod is answered, and asks none again that was', async () => {
  const exitCodes = [0, 1, 1, 0];
  const asked: (string | undefined)[] = [];
  const client = {
    attempt: ([, pod]: readonly string[]) => {
      asked.push(pod);
      return Promise.resolve({ exitCode: exitCodes.shift() ?? 1, stdout: '', stderr: '' });
    },
  } as unknown as Client;
  await untilReached(client, ['first', 'second'], 'downstream-service', AbortSignal.timeout(10_000));
  expect(asked).toEqual(['first', 'second', 'second', 'second']);
});
