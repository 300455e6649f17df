// A constant number of VUs loops for the duration (executors/constant-vus).
// expect: exit 0
// expect: metrics.iterations.count >= 6
// expect: metrics.iterations.count <= 8
import { sleep } from 'k6';

export const options = {
  scenarios: { all: { executor: 'constant-vus', vus: 2, duration: '1s' } },
};

export default function () {
  sleep(0.25);
}
