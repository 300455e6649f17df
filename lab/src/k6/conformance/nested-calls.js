// Calls may nest as in any JavaScript: 500 deep is no error.
// expect: exit 0
// expect: metrics.checks.passes == 1
// expect: metrics.checks.fails == 0
import { check } from 'k6';

const depth = (remaining) => (remaining === 0 ? 0 : 1 + depth(remaining - 1));

export default function () {
  check(depth(500), { 'went all the way down': (reached) => reached === 500 });
}
