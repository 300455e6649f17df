import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

const bytesPerMegabyte = 1_000_000;

export const memory = definePanel({
  name: 'memory',
  title: 'Memory of the fullest replica, MB',
  meaning: 'By the limit’s own meter: a process that reaches its memory limit is killed.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'max',
  read: (event) =>
    readGauge(event, 'target', 'container_memory_working_set_bytes').map((point) => ({
      ...point,
      value: point.value === null ? null : point.value / bytesPerMegabyte,
    })),
});
