import { expect, it } from 'vitest';
import type { RunClock } from '../clock.ts';
import { realClock } from '../real-clock.ts';
import { iteration, loadScript, serve } from './script.fixture.ts';

/** A server that answers nothing, and what to do when it is asked. */
function silent(onRequest: () => void): Promise<string> {
  return serve(onRequest);
}

it.each([
  ['in a request', 'http.get(url)'],
  ['in one request after the other', 'for (;;) { try { http.get(url) } catch {} }'],
  ['in a batch', 'http.batch([url, url])'],
  [
    'in a group, computing after a request',
    "group('a', () => { try { http.get(url) } catch {} for (;;) {} })",
  ],
])('interrupts a call %s at once, and nothing of it is sampled', async (_, code) => {
  const stop = new AbortController();
  const url = await silent(() => stop.abort());
  const script = loadScript(`import http from 'k6/http'; import { group } from 'k6'; const url = '${url}';
    export default function () { ${code} } export function setup() { return 'still here' }`);
  expect(await script.run('default', { ...iteration(), signal: stop.signal })).toEqual({
    outcome: 'interrupted',
  });
  expect(script.samples).toEqual([]);
  expect(script.logs).toEqual([]);
  expect(await script.value('setup')).toBe('still here');
});

it('interrupts a sleep', async () => {
  const stop = new AbortController();
  const clock: RunClock = {
    ...realClock,
    pause: (durationMs, signal) => {
      queueMicrotask(() => stop.abort());
      return realClock.pause(durationMs, signal);
    },
  };
  const script = loadScript(
    `import { sleep } from 'k6'; export default () => { sleep(3600); console.log('late') }`,
    {
      clock,
    },
  );
  expect(await script.run('default', { signal: stop.signal })).toEqual({ outcome: 'interrupted' });
  expect(script.logs).toEqual([]);
});

it('begins no call whose signal has aborted', async () => {
  const script = loadScript("export default () => console.log('begun')");
  expect(await script.run('default', { signal: AbortSignal.abort() })).toEqual({ outcome: 'interrupted' });
  expect(script.logs).toEqual([]);
});

/** A clock on which each look takes a second. */
function fastClock(): RunClock {
  let nowMs = 0;
  return { nowMs: () => (nowMs += 1000), epochMs: () => 0, pause: async () => undefined };
}

it('stops a script that computes for ten seconds without a wait', async () => {
  const script = loadScript('export default function () { for (;;) {} } export const setup = () => 1;', {
    clock: fastClock(),
  });
  expect(await script.run()).toEqual({
    outcome: 'threw',
    message: 'the script computed for 10 s without a wait, and no other VU could run meanwhile',
  });
  expect(await script.value('setup')).toBe(1);
});

it('interrupts such a script, if its time was over', async () => {
  const stop = new AbortController();
  const clock = { ...fastClock(), pause: async () => stop.abort() };
  const script = loadScript('export default function () { for (;;) {} }', { clock });
  expect(await script.run('default', { signal: stop.signal })).toEqual({ outcome: 'interrupted' });
});

it('stops init code that computes without end', async () => {
  const script = loadScript('for (;;) {}', { clock: fastClock() });
  await expect(script.factory.create(0)).rejects.toThrow('the script computed for 10 s');
});

it('lets a script see that it nests its calls too deeply', async () => {
  const script = loadScript(`const down = (n) => 1 + down(n + 1);
    export function setup() { try { down(0) } catch (error) { return String(error) } }`);
  expect(await script.value('setup')).toBe('InternalError: stack overflow');
});

it('interrupts nothing by closing a VU twice', async () => {
  const script = loadScript('export default () => {}');
  const vu = await script.vu();
  vu.close();
  expect(() => vu.close()).not.toThrow();
});
