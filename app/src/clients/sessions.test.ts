import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { failureOf } from '../../test/support/layers.ts';
import { createSessions, type Session } from './sessions.ts';

/** A connection that notes what it is asked, and fails on demand. */
function createClient() {
  const asked: string[] = [];
  const state = { isBroken: false };
  const query = (text: string): Promise<void> => {
    asked.push(text);
    return state.isBroken ? Promise.reject(new Error('broken')) : Promise.resolve();
  };
  return { client: { query } as unknown as PoolClient, asked, state };
}

async function applied(session: Session, timeoutMs?: number): Promise<void> {
  if (timeoutMs !== undefined) session.want('statement_timeout', String(timeoutMs));
  await session.apply();
  await session.apply();
}

it('asks the server once when a limit changes, and not at all when it stays', async () => {
  const { client, asked } = createClient();
  const sessions = createSessions();
  for (const timeoutMs of [undefined, undefined, 100, 100, 100, 200, undefined, undefined]) {
    await applied(sessions.adopt(client), timeoutMs);
  }
  expect(asked).toEqual([
    'SET statement_timeout = 100;',
    'SET statement_timeout = 200;',
    'RESET statement_timeout;',
  ]);
});

it('changes two limits with one question, and knows each connection apart', async () => {
  const [one, other] = [createClient(), createClient()];
  const sessions = createSessions();
  const both = sessions.adopt(one.client);
  both.want('lock_timeout', '50');
  await applied(both, 100);
  await applied(sessions.adopt(other.client));
  await applied(sessions.adopt(one.client), 100);
  expect(one.asked).toEqual(['SET lock_timeout = 50; SET statement_timeout = 100;', 'RESET lock_timeout;']);
  expect(other.asked).toEqual([]);
});

it('tries again after a failure', async () => {
  const { client, asked, state } = createClient();
  const sessions = createSessions();
  state.isBroken = true;
  expect(await failureOf(applied(sessions.adopt(client), 100))).toEqual(new Error('broken'));
  state.isBroken = false;
  await applied(sessions.adopt(client), 100);
  expect(asked).toEqual(['SET statement_timeout = 100;', 'SET statement_timeout = 100;']);
});
