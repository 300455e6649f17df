import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { tasks } from '../../test/fixtures/sample-seconds.ts';
import { latency } from './latency.ts';

const { valueAt } = panelValues(latency);

it('takes percentiles over the answers of all outcomes together', () => {
  // Half of the requests of second 6 are answered in some ms, the others count at their deadline.
  const where = { arm: 'unprotected', route: tasks, at: 6.5 };
  expect(valueAt({ ...where, line: 'p50' })).toBeLessThan(10);
  expect(valueAt({ ...where, line: 'p99' })).toBeGreaterThan(990);
});

it('stays low where all is answered', () => {
  expect(valueAt({ arm: 'protected', route: tasks, line: 'p99', at: 8.5 })).toBeCloseTo(7.8, 1);
});
