// Within gracefulStop a running iteration may end (concepts/graceful-stop).
// expect: exit 0
// expect: metrics.iterations.count == 1
import { sleep } from 'k6';

export const options = {
  scenarios: { all: { executor: 'constant-vus', duration: '300ms', gracefulStop: '5s' } },
};

export default function () {
  sleep(0.8);
}
