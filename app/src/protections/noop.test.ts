import { expect, it } from 'vitest';
import { createCall, createLayer } from '../../test/support/layers.ts';
import { noop } from './noop.ts';

it('passes the call on, counts it and changes nothing', async () => {
  const { execute, events } = createLayer(noop);
  const call = createCall();
  await expect(execute((passedOn) => Promise.resolve(passedOn === call), call)).resolves.toBe(true);
  expect(events).toEqual(['passed']);
});
