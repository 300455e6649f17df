import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { loadScript, serve } from './script.fixture.ts';

/** A server that tells by the number of its connection which one it answers on. */
async function counting(): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const url = await serve(({ socket }, response) => {
    if (!sockets.includes(socket)) sockets.push(socket);
    response.end(String(sockets.indexOf(socket)));
  });
  return { url, sockets };
}

const source = (url: string) => `import http from 'k6/http';
  export function setup() { return [http.get('${url}').body, http.get('${url}').body] }`;

it.each([
  [{}, ['0', '0'], ['0', '0']],
  [{ noVUConnectionReuse: true }, ['0', '0'], ['1', '1']],
  [{ noConnectionReuse: true }, ['0', '1'], ['2', '3']],
])('keeps connections as asked: %j', async (http, first, second) => {
  const script = loadScript(source((await counting()).url), { http });
  expect(await script.value('setup')).toEqual(first);
  expect(await script.value('setup')).toEqual(second);
});

it('gives each VU connections of its own', async () => {
  const script = loadScript(source((await counting()).url));
  const call = { name: 'setup', arguments: [], env: {}, tags: {}, signal: new AbortController().signal };
  expect(await script.value('setup')).toEqual(['0', '0']);
  expect(await (await script.vu(2)).call(call)).toEqual({ outcome: 'returned', value: '["1","1"]' });
});

it('asks again where a kept connection was closed meanwhile', async () => {
  const answered = new Set<Socket>();
  const url = await serve(({ socket }, response) => {
    // The second request on a connection finds it closed.
    if (answered.has(socket)) socket.resetAndDestroy();
    else response.end('answer');
    answered.add(socket);
  });
  const script = loadScript(source(url));
  expect(await script.value('setup')).toEqual(['answer', 'answer']);
  expect(script.valuesOf('http_reqs')).toHaveLength(2);
});

it('sends the requests of a batch at once, six to a host', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const url = await serve((_, response) => {
    waiting.push(() => response.end());
    most = Math.max(most, waiting.length);
    if (waiting.length === 6) for (const answer of waiting.splice(0)) answer();
  });
  const script = loadScript(`import http from 'k6/http';
    export function setup() { return http.batch(Array.from({ length: 12 }, () => '${url}')).map(({ status }) => status) }`);
  expect(await script.value('setup')).toEqual(Array.from({ length: 12 }, () => 200));
  expect(most).toBe(6);
});
