import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { resolveName } from './resolve-name.ts';

describe('resolve-name', () => {
  it('answers with the address of this machine and its family', async () => {
    const { address, family } = await resolveName.run({}, createContext());
    expect(['127.0.0.1', '::1']).toContain(address);
    expect(family).toBe(isIP(address));
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const outcome = failureOf(
      resolveName.run({}, createContext({ call: createCall({ signal: controller.signal }) })),
    );
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
  });

  it('takes no name from the request', () => {
    expect(resolveName.parameters.properties).toEqual({});
  });
});
