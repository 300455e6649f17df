// abortOnFail ends the test early, with exit code 99; teardown still runs (thresholds).
// expect: exit 99
// expect: metrics.iterations.count < 200
// expect: stderr has teardown ran
import { sleep } from 'k6';

export const options = {
  vus: 1,
  duration: '60s',
  thresholds: { iterations: [{ threshold: 'count<5', abortOnFail: true }] },
};

export default function () {
  sleep(0.05);
}

export function teardown() {
  console.log('teardown ran');
}
