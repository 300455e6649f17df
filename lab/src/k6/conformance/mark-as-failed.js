// exec.test.fail(): the test goes on, its exit code is 110 (k6-execution).
// expect: exit 110
// expect: metrics.iterations.count == 3
import exec from 'k6/execution';

export const options = { iterations: 3 };

export default function () {
  exec.test.fail('something is wrong');
}
