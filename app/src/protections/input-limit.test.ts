import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import type { Call } from '../kernel/call.ts';
import { inputLimit } from './input-limit.ts';

const toCall = (longestTextLength: number): Call =>
  createCall({
    request: {
      longestTextLength,
      connectionAgeMs: 0,
      connectionRequests: 1,
      closeConnection: () => {},
      markDegraded: () => {},
    },
  });
const fine = (): Promise<string> => Promise.resolve('fine');

describe('input-limit', () => {
  it('lets a request pass whose longest text has maxCharacters', async () => {
    const { execute, events } = createLayer(inputLimit, { maxCharacters: 20 });
    expect(await execute(fine, toCall(20))).toBe('fine');
    expect(events).toEqual([]);
  });

  it('rejects one character more before any work, and says how long it was', async () => {
    const { execute, events } = createLayer(inputLimit, { maxCharacters: 20 });
    let isWorking = false;
    const work = (): Promise<void> => Promise.resolve(void (isWorking = true));
    expect(await failureOf(execute(work, toCall(21)))).toMatchObject({
      code: 'INPUT_TOO_LONG',
      message: 'a text of 21 characters; 20 are taken in',
    });
    expect(isWorking).toBe(false);
    expect(events).toEqual(['rejected']);
  });
});
