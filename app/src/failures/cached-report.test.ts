import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall } from '../../test/support/layers.ts';
import type { Statement } from '../kernel/statement.ts';
import { cachedReport } from './cached-report.ts';
import type { Cache } from './failure.ts';

const REPORT = { orders: 1000, revenueCents: 7, madeAt: '2026-01-01T00:00:00.000Z' };
const OLD_REPORT = { ...REPORT, madeAt: '2025-01-01T00:00:00.000Z' };

function createSubject(read: Cache['read']) {
  const statements: Statement[] = [];
  const refuse = createContext();
  const context = createContext({
    cache: { ...refuse.cache, read },
    database: {
      ...refuse.database,
      query: <Row>(statement: Statement) => {
        statements.push(statement);
        return Promise.resolve([{ ...REPORT }] as Row[]);
      },
    },
  });
  return { statements, run: () => cachedReport.run({ key: 7, ttl: 1.5, rebuild: 0.25 }, context) };
}

describe('cached-report', () => {
  it('answers with the report that it made, and says so', async () => {
    const seen: unknown[] = [];
    const { statements, run } = createSubject((key, ttlMs, load) => {
      seen.push(key, ttlMs);
      return load(createCall());
    });
    expect(await run()).toEqual({ key: 7, isRebuilt: true, report: REPORT });
    expect(seen).toEqual(['cached-report:7', 1500]);
    expect(statements[0]?.values).toEqual([0.25, 7]);
  });

  it('says when the report was there already, also when it makes a new one for the next reader', async () => {
    const { run: runCached } = createSubject(() => Promise.resolve(OLD_REPORT as never));
    expect(await runCached()).toEqual({ key: 7, isRebuilt: false, report: OLD_REPORT });
    const { run: runStale } = createSubject(async (_key, _ttlMs, load) => {
      await load(createCall());
      return OLD_REPORT as never;
    });
    expect(await runStale()).toEqual({ key: 7, isRebuilt: false, report: OLD_REPORT });
  });

  it('does not say it for a report that another request made', async () => {
    const { run } = createSubject(() => Promise.resolve({ ...REPORT } as never));
    expect(await run()).toMatchObject({ isRebuilt: false });
  });
});
