// A VU that is ramped down has gracefulRampDown to end its iteration (concepts/graceful-stop).
// expect: exit 0
// expect: metrics.started.count == 1
// expect: metrics.iterations missing
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

export const options = {
  scenarios: {
    all: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: '200ms', target: 0 },
        { duration: '1s', target: 0 },
      ],
      gracefulRampDown: '100ms',
    },
  },
};
const started = new Counter('started');

export default function () {
  started.add(1);
  sleep(30);
}
