import { expect, test } from 'vitest';
import { createFakeHttp, createFakeTarget } from '../../test/fakes/fake-system.ts';
import type { Trigger } from '../core/scenario.ts';
import type { System } from '../targets/target.ts';
import { switchOff, switchOn } from './trigger.ts';

/** What a trigger does to the system at its start and at its end. */
async function both(trigger: Trigger, changes: Partial<System> = {}) {
  const { target, asked } = createFakeTarget(changes);
  const { http, sent } = createFakeHttp(() => '');
  const { signal } = new AbortController();
  const spec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' } as const;
  const system = await target.start(spec, { signal, logFolder: '' });
  asked.length = 0;
  await switchOn(trigger, 1, system, http, signal);
  const on = [...asked.splice(0), ...sent.splice(0)];
  await switchOff(trigger, system, http, signal);
  return { on, off: [...asked, ...sent] };
}

test('a behaviour of the downstream is set and taken back', async () => {
  expect(await both({ durationSeconds: 1, behaviour: { delayMs: 100 } })).toEqual({
    on: ['PUT http://downstream:c/behaviour'],
    off: ['DELETE http://downstream:c/behaviour'],
  });
});

test('a control API that wants a token is given it', async () => {
  const downstreams = [{ name: 'd', url: 'http://d', controlUrl: 'http://d:c', controlToken: 'secret' }];
  expect(await both({ durationSeconds: 1, behaviour: { delayMs: 100 } }, { downstreams })).toEqual({
    on: ['PUT http://d:c/behaviour with secret'],
    off: ['DELETE http://d:c/behaviour with secret'],
  });
});

test('an edge is disturbed and left alone again', async () => {
  const fault = { edge: 'database', kind: 'black-hole' } as const;
  expect(await both({ durationSeconds: 1, fault })).toEqual({
    on: ['database black-hole'],
    off: ['database healthy'],
  });
});

test('replicas that were added stay', async () => {
  expect(await both({ durationSeconds: 1, replicas: 4 })).toEqual({ on: ['scale 4'], off: [] });
});

test('where the load is the disturbance nothing else happens', async () => {
  expect(await both({ durationSeconds: 1 })).toEqual({ on: [], off: [] });
});
