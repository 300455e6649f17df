import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runMetrics } from '../src/events/run-metrics.ts';

test('docs/outputs.md has the metrics that outputs write', () => {
  const page = readFileSync(new URL('../../docs/outputs.md', import.meta.url), 'utf8');
  const table = /<!-- table: run metrics -->(.*)<!-- \/table -->/s.exec(page)?.[1] ?? '';
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.map((cells) => cells.slice(1, -1).join(' | '))).toEqual(
    Object.entries(runMetrics).map(([name, { kind, labels, meaning }]) =>
      [`\`${name}\``, kind, labels.join(', '), meaning].join(' | '),
    ),
  );
});
