// exec.test.abort() in setup: exit code 108, and no iteration.
// expect: exit 108
// expect: metrics.iterations missing
// expect: stderr has nothing to test
import exec from 'k6/execution';

export function setup() {
  exec.test.abort('nothing to test');
}

export default function () {}
