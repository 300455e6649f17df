import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { connectionsHeld } from './connections-held.ts';

const { valueAt } = panelValues(connectionsHeld);

it('tells the routes that hold connections apart', () => {
  expect(valueAt({ arm: 'unprotected', route: '/api/cascade-failure', at: 8 })).toBe(10);
  expect(valueAt({ arm: 'unprotected', route: '/api/tasks', at: 8 })).toBe(0);
  expect(valueAt({ arm: 'protected', route: '/api/cascade-failure', at: 8 })).toBe(1);
});

it('has a gap where the scrape failed', () => {
  expect(valueAt({ arm: 'larger-pool', route: '/api/cascade-failure', at: 8 })).toBe(20);
  expect(valueAt({ arm: 'larger-pool', route: '/api/cascade-failure', at: 9 })).toBeNull();
});
