// Iterations that do not begin within maxDuration are dropped (concepts/dropped-iterations).
// expect: exit 0
// expect: metrics.iterations.count == 2
// expect: metrics.dropped_iterations.count == 3
import { sleep } from 'k6';

export const options = {
  scenarios: {
    all: { executor: 'shared-iterations', vus: 1, iterations: 5, maxDuration: '700ms' },
  },
};

export default function () {
  sleep(0.5);
}
