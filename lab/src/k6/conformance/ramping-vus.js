// The number of VUs follows the stages (executors/ramping-vus): 0 to 4 in 2 s is 2 on average.
// expect: exit 0
// expect: metrics.vus_max.value == 4
// expect: metrics.iterations.count >= 25
// expect: metrics.iterations.count <= 45
import { sleep } from 'k6';

export const options = {
  scenarios: {
    all: { executor: 'ramping-vus', startVUs: 0, stages: [{ duration: '2s', target: 4 }] },
  },
};

export default function () {
  sleep(0.1);
}
