import { outcomes as names } from '../core/outcome.ts';
import { readLoad } from './load-points.ts';
import { definePanel } from './panel.ts';

export const outcomes = definePanel({
  name: 'outcomes',
  title: 'Outcomes per second',
  meaning: 'What became of the requests that were due in each second.',
  unit: '1/s',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'stack',
  combine: 'sum',
  read: (event) =>
    readLoad(event, ({ outcomes: counts }) =>
      Object.fromEntries(names.map((name) => [name, counts[name] ?? 0])),
    ),
});
