// The four kinds of custom metrics (javascript-api/k6-metrics).
// flags: --summary-trend-stats avg,min,med,max,p(90),count
// expect: exit 0
// expect: metrics.errors.count == 6
// expect: metrics.size.value == 3
// expect: metrics.size.max == 9
// expect: metrics.ratio.value == 0.5
// expect: metrics.waits.avg == 20
// expect: metrics.waits.med == 20
// expect: metrics.waits.p(90) == 28
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const [errors, size] = [new Counter('errors'), new Gauge('size')];
const [ratio, waits] = [new Rate('ratio'), new Trend('waits', true)];

export default function () {
  [1, 2, 3].forEach((value) => errors.add(value));
  [9, 3].forEach((value) => size.add(value));
  [true, false, 1, 0].forEach((value) => ratio.add(value));
  [10, 20, 30].forEach((value) => waits.add(value));
}
