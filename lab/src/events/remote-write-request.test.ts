import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { userAgent } from './remote-write-request.ts';

it('names the sender with the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(userAgent).toBe(`backend-load-testing-lab/${version}`);
});
