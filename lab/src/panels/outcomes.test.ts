import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { cascade, tasks } from '../../test/fixtures/sample-seconds.ts';
import { outcomes } from './outcomes.ts';

const { valueAt } = panelValues(outcomes);

it('splits each second by what became of its requests', () => {
  const where = { arm: 'unprotected', route: tasks, at: 7.5 };
  expect(valueAt({ ...where, line: 'good' })).toBe(2);
  expect(valueAt({ ...where, line: 'timeout' })).toBe(78);
  expect(valueAt({ ...where, line: 'shed' })).toBe(0);
  expect(valueAt({ arm: 'protected', route: cascade, line: 'shed', at: 7.5 })).toBe(20);
});
