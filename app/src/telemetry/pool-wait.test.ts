import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { beginPoolWait } from './pool-wait.ts';

const messages: unknown[] = [];
const keep = (message: unknown): void => void messages.push(message);
const names = ['backend-load-testing:pool-wait:start', 'backend-load-testing:pool-wait:end'];

afterEach(() => {
  for (const name of names) unsubscribe(name, keep);
  messages.length = 0;
});

describe('beginPoolWait', () => {
  it('publishes the begin and the end of a wait with the same object', () => {
    for (const name of names) subscribe(name, keep);
    const end = beginPoolWait('/api/tasks');
    expect(messages).toEqual([{ route: '/api/tasks' }]);
    end('given up');
    expect(messages[1]).toEqual({ wait: { route: '/api/tasks' }, outcome: 'given up' });
    expect((messages[1] as { wait: unknown }).wait).toBe(messages[0]);
  });

  it('makes nothing when nobody listens', () => {
    expect(beginPoolWait('/a')).toBe(beginPoolWait('/b'));
  });
});
