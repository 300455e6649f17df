// Without a free VU an iteration is dropped, never done later (concepts/dropped-iterations).
// expect: exit 99
// expect: metrics.iterations.count == 1
// expect: metrics.dropped_iterations.count == 9
// expect: stderr has Insufficient VUs, reached 1 active VUs
import { sleep } from 'k6';

export const options = {
  scenarios: {
    all: { executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 1 },
  },
  thresholds: { dropped_iterations: ['count==0'] },
};

export default function () {
  sleep(1);
}
