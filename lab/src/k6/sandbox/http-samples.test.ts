import { expect, it } from 'vitest';
import { iteration, loadScript, serve } from './script.fixture.ts';

const timesOf = ['duration', 'blocked', 'connecting', 'tls_handshaking', 'sending', 'waiting', 'receiving'];

function answering(status: number, headers: Record<string, string> = {}): Promise<string> {
  return serve((_, response) => response.writeHead(status, headers).end('body'));
}

it('samples a request with all that is known of it', async () => {
  const url = await answering(200);
  const script = loadScript(`import http from 'k6/http'; export default () => { http.get('${url}/a') }`);
  await script.run('default', iteration());
  expect(script.samples.map(({ metric }) => metric)).toEqual([
    'http_reqs',
    ...timesOf.map((name) => `http_req_${name}`),
    'http_req_failed',
    'data_sent',
    'data_received',
  ]);
  const [tags] = script.tagsOf('http_reqs');
  expect(tags).toEqual({
    scenario: 'default',
    group: '',
    proto: 'HTTP/1.1',
    status: '200',
    method: 'GET',
    url: `${url}/a`,
    name: `${url}/a`,
    expected_response: 'true',
  });
  expect(script.tagsOf('http_req_waiting')).toEqual([tags]);
  expect(script.tagsOf('data_sent')).toEqual([{ scenario: 'default', group: '' }]);
});

it.each([
  ["{ tags: { name: 'item', own: 1 } }", { name: 'item', url: 'item', own: '1' }],
  ['{}', { name: 'template', url: 'template' }],
])('groups requests by name: params %s', async (params, expected) => {
  const url = await answering(200);
  const address = params === '{}' ? `http.url\`${url}/items/\${5}\`` : `'${url}/items/5'`;
  const script = loadScript(
    `import http from 'k6/http'; export default () => { http.get(${address}, ${params}) }`,
  );
  await script.run();
  const text = JSON.stringify(expected).replaceAll('template', `${url}/items/\${}`);
  expect(script.tagsOf('http_reqs')).toEqual([expect.objectContaining(JSON.parse(text))]);
});

it.each([
  [200, '', 0, 'true'],
  [302, '', 0, 'true'],
  [404, '', 1, 'false'],
  [503, '', 1, 'false'],
  [404, 'http.setResponseCallback(http.expectedStatuses(404, { min: 200, max: 299 }));', 0, 'true'],
  [302, 'http.setResponseCallback(http.expectedStatuses(404, { min: 200, max: 299 }));', 1, 'false'],
  [404, 'http.setResponseCallback(null);', undefined, undefined],
])('judges status %i after `%s`: http_req_failed %s', async (status, code, failed, expected) => {
  const url = await answering(status);
  const script = loadScript(
    `import http from 'k6/http'; ${code} export default () => { http.get('${url}') }`,
  );
  await script.run();
  expect(script.valuesOf('http_req_failed')).toEqual(failed === undefined ? [] : [failed]);
  expect(script.tagsOf('http_reqs')[0]?.['expected_response']).toBe(expected);
});

it('judges one request by its own callback', async () => {
  const url = await answering(500);
  const script = loadScript(`import http from 'k6/http'; const own = http.expectedStatuses(500);
    export default () => { http.get('${url}', { responseCallback: own }); http.get('${url}', { responseCallback: null }); http.get('${url}') }`);
  await script.run();
  expect(script.valuesOf('http_req_failed')).toEqual([0, 1]);
  expect(script.tagsOf('http_reqs').map((tags) => tags['error_code'])).toEqual(['1500', '1500', '1500']);
});

/** Redirects `/n` to `/n-1` until `/0`, which answers with what it was asked. */
function countdown(status: number): Promise<string> {
  return serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left > 0) response.writeHead(status, { location: `/${left - 1}` }).end();
    else response.end(`${request.method} ${request.headers['content-type'] ?? ''}`);
  });
}

it.each([
  ['get', 302, '{}', 10, '200 GET ', 3],
  ['get', 302, '{ redirects: 1 }', 10, '302 ', 2],
  ['get', 302, '{ redirects: 0 }', 10, '302 ', 1],
  ['get', 301, '{}', 1, '301 ', 2],
  ['post', 303, '{}', 10, '200 GET ', 3],
  ['post', 307, '{}', 10, '200 POST text', 3],
  ['head', 302, '{}', 10, '200 ', 3],
])(
  'follows redirects: %s, status %i, params %s, option %i',
  async (method, status, params, maxRedirects, answer, requests) => {
    const url = await countdown(status);
    const args =
      method === 'post'
        ? `'${url}/2', 'x', { headers: { 'Content-Type': 'text' } }`
        : `'${url}/2', ${params}`;
    const script = loadScript(
      `import http from 'k6/http'; export function setup() { const { status, body } = http.${method}(${args}); return status + ' ' + body }`,
      { http: { maxRedirects } },
    );
    expect(await script.value('setup')).toBe(answer);
    expect(script.valuesOf('http_reqs')).toHaveLength(requests);
    expect(script.tagsOf('http_reqs').map((tags) => tags['url'])).toEqual(
      [`${url}/2`, `${url}/1`, `${url}/0`].slice(0, requests),
    );
  },
);

it('hands no authorization on to another host', async () => {
  const other = await serve((request, response) => response.end(String(request.headers.authorization)));
  const url = await serve((_, response) => response.writeHead(302, { location: `${other}/` }).end());
  const script = loadScript(`import http from 'k6/http';
    export function setup() { return http.get('${url}', { headers: { Authorization: 'Bearer x' } }).body }`);
  expect(await script.value('setup')).toBe('undefined');
});

it('counts the bytes of all requests of a call', async () => {
  const url = await answering(200, { 'content-length': '4' });
  const script = loadScript(
    `import http from 'k6/http'; export default () => { http.get('${url}'); http.get('${url}') }`,
  );
  await script.run();
  const [once = 0] = script.valuesOf('data_received');
  await script.run();
  expect(once).toBeGreaterThan(100);
  expect(script.valuesOf('data_received')).toEqual([once, once]);
  expect(script.valuesOf('data_sent')[0]).toBeGreaterThan(100);
});

it('keeps the system tags that the run asks for', async () => {
  const url = await answering(200);
  const script = loadScript(
    `import http from 'k6/http'; export default () => { http.get('${url}', { tags: { route: 'a' } }) }`,
    {
      systemTags: 'status,ip',
    },
  );
  await script.run();
  expect(script.tagsOf('http_reqs')).toEqual([{ status: '200', ip: '127.0.0.1', route: 'a' }]);
});

it('tells no password', async () => {
  const url = (await answering(200)).replace('//', '//user:password@');
  const script = loadScript(
    `import http from 'k6/http'; export function setup() { return http.get('${url}/a').url }`,
  );
  expect(await script.value('setup')).toBe(`${url.replace('user:password@', '')}/a`);
  expect(JSON.stringify(script.samples)).not.toContain('password');
});
