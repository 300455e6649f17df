import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { connectionWaiters } from './connection-waiters.ts';

const { valueAt } = panelValues(connectionWaiters);

it('shows the queue of the pool, and a gap where the scrape failed', () => {
  expect(valueAt({ arm: 'unprotected', at: 8 })).toBe(80);
  expect(valueAt({ arm: 'unprotected', at: 15 })).toBe(0);
  expect(valueAt({ arm: 'larger-pool', at: 9 })).toBeNull();
});
