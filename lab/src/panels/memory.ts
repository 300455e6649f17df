import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

const bytesPerMegabyte = 1_000_000;

export const memory = definePanel({
  name: 'memory',
  title: 'Memory by the limit’s own meter, MB',
  meaning: 'What the memory limit counts; a process that reaches the limit is killed.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event) =>
    readGauge(event, 'target', 'container_memory_working_set_bytes').map((point) => ({
      ...point,
      value: point.value === null ? null : point.value / bytesPerMegabyte,
    })),
});
