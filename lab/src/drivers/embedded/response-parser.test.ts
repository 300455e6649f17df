import { assert, integer, property, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseParser, type Progress } from './response-parser.ts';

function feed(parser: ResponseParser, text: string): Progress {
  const bytes = Buffer.from(text, 'latin1');
  return parser.feed(bytes, bytes.length);
}

const answers = {
  length: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\nhello',
  empty: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'no content': 'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n',
  chunked:
    'HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n',
  trailer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nServer-Timing: x\r\n\r\n',
  'after 103': 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
};

describe('ResponseParser', () => {
  it.each(Object.entries(answers))('reads an answer (%s) however it is cut into pieces', (_name, text) => {
    assert(
      property(uniqueArray(integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const parser = new ResponseParser();
        const edges = [0, ...cuts.sort((left, right) => left - right), text.length];
        const pieces = edges.slice(1).map((edge, index) => text.slice(edges[index], edge));
        const progress = pieces.map((piece) => feed(parser, piece));
        expect(progress.slice(0, -1).every((step) => step === 'more')).toBe(true);
        expect(progress.at(-1)).toBe('complete');
        expect(parser.reusable).toBe(true);
      }),
    );
  });

  it('reads answers one after another on one connection', () => {
    const parser = new ResponseParser();
    for (const [text, status] of [
      [answers.chunked, 503],
      [answers.length, 200],
      [answers['no content'], 204],
      [answers.trailer, 200],
    ] as const) {
      expect(feed(parser, text)).toBe('complete');
      expect(parser.status).toBe(status);
    }
  });

  it('reads only as much of the buffer as arrived', () => {
    const stale = Buffer.from(`${answers.length}${answers.length}`, 'latin1');
    expect(new ResponseParser().feed(stale, answers.length.length)).toBe('complete');
    expect(new ResponseParser().feed(stale, 20)).toBe('more');
  });

  it('sees a degraded answer, and forgets it for the next one', () => {
    const parser = new ResponseParser();
    feed(parser, 'HTTP/1.1 200 OK\r\nlab-degraded: cache\r\nContent-Length: 0\r\n\r\n');
    expect(parser.degraded).toBe(true);
    feed(parser, answers.empty);
    expect(parser.degraded).toBe(false);
  });

  it('knows when the connection cannot be used again', () => {
    const parser = new ResponseParser();
    feed(parser, 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    expect(parser.reusable).toBe(false);
    feed(parser, 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(parser.reusable).toBe(false);
  });

  it('takes the end of the connection for the end of a body only where nothing else marks it', () => {
    const open = new ResponseParser();
    expect(feed(open, 'HTTP/1.1 200 OK\r\n\r\nhello')).toBe('more');
    expect(open.end()).toBe('complete');
    const cut = new ResponseParser();
    feed(cut, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
    expect(cut.end()).toBe('broken');
  });

  it('tells how long the server keeps an idle connection', () => {
    const parser = new ResponseParser();
    feed(parser, 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n');
    expect(parser.keepAliveMs).toBe(5000);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 xyz\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['more bytes than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`],
  ])('refuses %s', (_name, text) => {
    expect(feed(new ResponseParser(), text)).toBe('broken');
  });
});
