// After gracefulStop a running iteration is interrupted, and makes no iteration metrics (concepts/graceful-stop).
// expect: exit 0
// expect: metrics.iterations missing
// expect: metrics.iteration_duration missing
// expect: metrics.started.count == 1
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

export const options = {
  scenarios: { all: { executor: 'constant-vus', duration: '300ms', gracefulStop: '200ms' } },
};
const started = new Counter('started');

export default function () {
  started.add(1);
  sleep(60);
}
