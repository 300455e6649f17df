// exec.test.abort(): exit code 108, teardown still runs (k6-execution).
// expect: exit 108
// expect: stderr has enough of it
// expect: stderr has teardown ran
import exec from 'k6/execution';

export const options = { vus: 2, duration: '30s' };

export default function () {
  exec.test.abort('enough of it');
}

export function teardown() {
  console.log('teardown ran');
}
