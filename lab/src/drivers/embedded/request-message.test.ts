import { describe, expect, it } from 'vitest';
import { createRequestWriter } from './request-message.ts';

describe('createRequestWriter', () => {
  it('writes a complete request with its place in the plan', () => {
    const write = createRequestWriter({ key: 'a', method: 'GET', path: '/a?x=1', deadlineMs: 1 }, 'host:80');
    expect(write(7)).toMatch(/^GET \/a\?x=1 HTTP\/1\.1\r\nHost: host:80\r\n[^]*Lab-Request: 7\r\n\r\n$/);
  });

  it('announces the length of the body in bytes and writes it as UTF-8', () => {
    const route = { key: 'a', method: 'POST', path: '/a', body: '{"title":"é"}', deadlineMs: 1 } as const;
    const message = createRequestWriter(route, 'host')(0);
    expect(message).toContain('Content-Length: 14\r\n');
    const bytes = Buffer.from(message, 'latin1').toString('utf8');
    expect(bytes.endsWith('\r\n\r\n{"title":"é"}')).toBe(true);
  });

  it('refuses a path that would break the message', () => {
    const route = { key: 'a', method: 'GET', path: '/a b', deadlineMs: 1 } as const;
    expect(() => createRequestWriter(route, 'host')).toThrow('percent-encoded');
  });
});
