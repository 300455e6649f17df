// Iterations begin at the rate, whatever the earlier ones do (executors/constant-arrival-rate).
// expect: exit 0
// expect: metrics.iterations.count == 50
// expect: metrics.dropped_iterations missing
import { sleep } from 'k6';

export const options = {
  scenarios: {
    all: { executor: 'constant-arrival-rate', rate: 50, duration: '1s', preAllocatedVUs: 40 },
  },
};

export default function () {
  sleep(0.2);
}
