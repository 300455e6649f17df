import { describe, expect, it } from 'vitest';
import { createHandClock, settle } from '../../test/fakes/hand-clock.ts';
import { decodeWriteRequest } from '../../test/fixtures/write-request.ts';
import type { RemoteSeries } from '../core/remote-write.ts';
import type { Post } from './remote-write-request.ts';
import { createRemoteWriter } from './remote-writer.ts';

const point = (timestampMs: number, name = 'a'): RemoteSeries => ({
  labels: { __name__: name },
  samples: [{ value: 1, timestampMs }],
});

/** A writer on a clock that is turned by hand, towards a receiver that answers as told; 204 when told nothing. */
function startWriter(answers: readonly (number | 'silence' | Error)[] = []) {
  const clock = createHandClock();
  const stop = new AbortController();
  const told: string[] = [];
  const requests: { atMs: number; request: Parameters<Post>[1] }[] = [];
  const startMs = clock.monotonicMs();
  const post: Post = (_, request) => {
    const answer = answers[requests.length] ?? answers.at(-1) ?? 204;
    requests.push({ atMs: clock.monotonicMs() - startMs, request });
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== 'silence')
      return Promise.resolve({ status: answer, text: () => Promise.resolve('because') });
    return new Promise((_, reject) =>
      request.signal.addEventListener('abort', () => reject(new Error('aborted'))),
    );
  };
  const writer = createRemoteWriter({
    url: 'http://receiver/write',
    headers: { 'X-Scope-OrgID': 'us', 'Content-Type': 'text/plain' },
    post,
    clock,
    signal: stop.signal,
    log: (line) => told.push(line),
  });
  return { clock, stop, told, requests, writer };
}

const times = (requests: readonly { atMs: number }[]) => requests.map(({ atMs }) => atMs);
const samplesOf = (body: Uint8Array) =>
  decodeWriteRequest(body).flatMap(({ samples }) => samples.map(({ timestampMs }) => timestampMs));

describe('a remote writer', () => {
  it('sends once a second what has come, each series once and in order', async () => {
    const { clock, requests, writer } = startWriter();
    writer.push([point(1), point(1, 'b')]);
    writer.push([point(2)]);
    await clock.advance(1000);
    writer.push([point(3)]);
    await clock.advance(2000);
    expect(times(requests)).toEqual([1000, 2000]);
    expect(requests.map(({ request }) => samplesOf(request.body))).toEqual([[1, 2, 1], [3]]);
    await writer.close();
  });

  it('has the headers of the protocol, which cannot be changed, and those that were asked for', async () => {
    const { clock, requests, writer } = startWriter();
    writer.push([point(1)]);
    await clock.advance(1000);
    expect(requests[0]?.request.headers).toEqual({
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'user-agent': expect.stringMatching(/^[\w-]+\/\d/),
      'x-prometheus-remote-write-version': '0.1.0',
      'x-scope-orgid': 'us',
    });
    await writer.close();
  });

  it.each([[503], [429], [new Error('refused')]])(
    'tries again after growing pauses when it meets %s, before anything newer',
    async (answer) => {
      const { clock, requests, writer, told } = startWriter([answer, answer, answer, 204]);
      writer.push([point(1)]);
      await clock.advance(1500);
      writer.push([point(2)]);
      await clock.advance(8000);
      expect(times(requests)).toEqual([1000, 1500, 2500, 4500, 5500]);
      expect(requests.map(({ request }) => samplesOf(request.body)[0])).toEqual([1, 1, 1, 1, 2]);
      expect(await writer.close()).toEqual({ lostSamples: 0 });
      expect(told).toEqual([]);
    },
  );

  it.each([[400], [404], [301]])(
    'does not try again after %s, and says it once at the end',
    async (answer) => {
      const { clock, requests, writer, told } = startWriter([answer]);
      writer.push([point(1)]);
      await clock.advance(1000);
      writer.push([point(2), point(2, 'b')]);
      await clock.advance(1000);
      expect(requests).toHaveLength(2);
      expect(await writer.close()).toEqual({ lostSamples: 3 });
      expect(told).toEqual([
        `3 samples were not written to http://receiver/write: it answered ${answer}: because`,
      ]);
    },
  );

  it('waits five seconds for an answer, then tries again', async () => {
    const { clock, requests, writer } = startWriter(['silence', 204]);
    writer.push([point(1)]);
    await clock.advance(6500);
    expect(times(requests)).toEqual([1000, 6500]);
    expect(await writer.close()).toEqual({ lostSamples: 0 });
  });

  it('sends the rest when it is closed, and takes nothing afterwards', async () => {
    const { requests, writer } = startWriter();
    writer.push([point(1)]);
    expect(await writer.close()).toEqual({ lostSamples: 0 });
    writer.push([point(2)]);
    expect(await writer.close()).toEqual({ lostSamples: 0 });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [503, 'it answered 503: because'],
    ['silence' as const, 'it did not answer in time'],
    [new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') }), 'connect ECONNREFUSED'],
  ])(
    'gives up on a receiver that stays dead (%s) three seconds after its closing',
    async (answer, reason) => {
      const { clock, writer, told } = startWriter([answer]);
      writer.push([point(1)]);
      await clock.advance(60_000);
      writer.push([point(2)]);
      let result: { lostSamples: number } | undefined;
      const closing = writer.close().then((closed) => (result = closed));
      await clock.advance(2999);
      expect(result).toBeUndefined();
      await clock.advance(1);
      await closing;
      expect(result).toEqual({ lostSamples: 2 });
      expect(told).toEqual([`2 samples were not written to http://receiver/write: ${reason}`]);
    },
  );

  it('keeps the newest hundred thousand samples for a receiver that comes back', async () => {
    const { clock, requests, writer } = startWriter(['silence', 204]);
    for (let second = 0; second < 300; second += 1)
      writer.push(Array.from({ length: 500 }, (_, index) => point(second, `m${index}`)));
    await clock.advance(60_000);
    expect(await writer.close()).toEqual({ lostSamples: 50_000 });
    expect(samplesOf(requests.at(-1)?.request.body ?? new Uint8Array())).toContain(299);
  });

  it('ends at once when the run is stopped', async () => {
    const { clock, stop, writer, told } = startWriter(['silence']);
    writer.push([point(1)]);
    await clock.advance(1000);
    writer.push([point(2)]);
    stop.abort(new Error('stopped'));
    await settle();
    expect(await writer.close()).toEqual({ lostSamples: 2 });
    expect(told).toEqual(['2 samples were not written to http://receiver/write: the run was stopped']);
  });
});
