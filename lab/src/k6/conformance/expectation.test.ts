import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { holds, parseHead } from './expectation.ts';

const folder = mkdtempSync(join(tmpdir(), 'k6-expectation-'));
const summary = { metrics: { iterations: { count: 3 }, trend: { 'p(99.9)': 5 } } };
writeFileSync(join(folder, 'summary-export.json'), JSON.stringify(summary));
const ran = { exitCode: 99, stdout: 'out', stderr: 'err', folder };

afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['exit 99', true],
  ['exit 0', false],
  ['stdout has out', true],
  ['stderr lacks err', false],
  ['file summary-export.json has iterations', true],
  ['metrics.iterations.count == 3', true],
  ['metrics.iterations.count > 3', false],
  ['metrics.trend.p(99.9) <= 5', true],
  ['metrics.nothing missing', true],
  ['metrics.nothing == 0', false],
])('"%s" is %s', (expectation, expected) => {
  expect(holds(expectation, ran)).toBe(expected);
});

test('the head of a script has flags, variables and expectations', () => {
  expect(parseHead('// Text.\n// flags: -i 3\n// env: A=1 B=2\n// expect: exit 0\nlet a;')).toEqual({
    flags: ['-i', '3'],
    environment: { A: '1', B: '2' },
    expectations: ['exit 0'],
  });
});
