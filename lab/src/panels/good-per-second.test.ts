import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { tasks } from '../../test/fixtures/sample-seconds.ts';
import { goodPerSecond } from './good-per-second.ts';

const { valueAt } = panelValues(goodPerSecond);

it('counts good answers, and offered requests whatever became of them', () => {
  const where = { arm: 'larger-pool', route: tasks, at: 7.5 };
  expect(valueAt({ ...where, line: 'offered' })).toBe(80);
  expect(valueAt({ ...where, line: 'good' })).toBe(4);
});
