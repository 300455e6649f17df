// VUs are made while the test runs, up to maxVUs, and iterations are dropped meanwhile (arrival-rate-vu-allocation).
// expect: exit 0
// expect: metrics.vus_max.max == 4
// expect: metrics.dropped_iterations.count >= 1
import { sleep } from 'k6';

export const options = {
  scenarios: {
    all: {
      executor: 'constant-arrival-rate',
      rate: 20,
      duration: '1500ms',
      preAllocatedVUs: 1,
      maxVUs: 4,
    },
  },
};

export default function () {
  sleep(0.7);
}
