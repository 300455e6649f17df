import { describe, expect, it } from 'vitest';
import { UsageError } from '../core/settings.ts';
import { toRemoteWriteTarget } from './remote-write-target.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('where to write', () => {
  it.each([
    ['the command line', 'http://a/w', { K6_PROMETHEUS_RW_SERVER_URL: 'http://b/w' }, 'http://a/w'],
    ["k6's variable", '', { K6_PROMETHEUS_RW_SERVER_URL: 'http://b/w' }, 'http://b/w'],
    ['the address of a Prometheus on this machine', '', {}, 'http://localhost:9090/api/v1/write'],
  ])('is %s', (_, argument, environment, url) => {
    expect(toRemoteWriteTarget(argument, environment)).toEqual({ url, headers: {} });
  });

  it('makes a header of the user in an address, so that no message shows the password', () => {
    expect(toRemoteWriteTarget('https://me:s%40cret@host/w', {})).toEqual({
      url: 'https://host/w',
      headers: { authorization: basic('me:s@cret') },
    });
  });

  it("takes user, token and headers from k6's variables", () => {
    const user = { K6_PROMETHEUS_RW_USERNAME: 'me', K6_PROMETHEUS_RW_PASSWORD: 'x' };
    expect(toRemoteWriteTarget('', user).headers).toEqual({ authorization: basic('me:x') });
    const token = { K6_PROMETHEUS_RW_BEARER_TOKEN: 't', K6_PROMETHEUS_RW_HTTP_HEADERS: 'X-A:1,X-B: b:c' };
    expect(toRemoteWriteTarget('', token).headers).toEqual({
      authorization: 'Bearer t',
      'x-a': '1',
      'x-b': 'b:c',
    });
  });

  it.each([
    ['prometheus', 'prometheus'],
    ['localhost:9090', 'localhost:9090'],
    ['ftp://me:secret@host/w', '…@host/w'],
  ])('refuses the address %s, and shows no password', (address, shown) => {
    expect(() => toRemoteWriteTarget(address, {})).toThrow(
      new UsageError(`"${shown}" is no address to write to, such as http://localhost:9090/api/v1/write`),
    );
  });

  it('refuses headers that are none, without showing them', () => {
    const environment = { K6_PROMETHEUS_RW_HTTP_HEADERS: 'secret' };
    expect(() => toRemoteWriteTarget('', environment)).toThrow(
      /HTTP_HEADERS: expected name:value(?!.*secret)/,
    );
  });
});
