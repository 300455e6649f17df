import { expect, test } from 'vitest';
import { adviceFor } from './advice.ts';
import { judgeValidity } from './validity.ts';

const figures = {
  latenessP99Ms: 1,
  plannedRequests: 100,
  sentRequests: 100,
  driverUtilisationRatio: 0.1,
  foreignCpuRatio: 0,
  scrapeGaps: 0,
  scrapes: 10,
  smallestDeadlineMs: 1000,
};

test('on a busy machine the advice names the process to close', () => {
  const validity = judgeValidity({ ...figures, latenessP99Ms: 500 });
  expect(adviceFor({ validity }, 'compiler (42)')).toContain('close or pause "compiler (42)"');
  expect(adviceFor({ validity }, null)).toContain('close other programs');
});

test('a machine that was busy without being refused is named as well', () => {
  const validity = judgeValidity({ ...figures, foreignCpuRatio: 0.5 });
  expect(adviceFor({ validity }, 'compiler (42)')).toContain('The machine was busy');
});

test('on a quiet machine it is the system that lies between the bounds, and nobody is sent to close programs', () => {
  expect(adviceFor({ validity: judgeValidity(figures) }, 'compiler (42)')).toMatch(/neither broken nor well/);
});

test('a load beyond the generator is to be lowered; no other program is blamed for it', () => {
  const validity = judgeValidity({ ...figures, driverUtilisationRatio: 1, sentRequests: 10 });
  expect(adviceFor({ validity }, 'compiler (42)')).toContain('--set load.<name>.rate');
});
