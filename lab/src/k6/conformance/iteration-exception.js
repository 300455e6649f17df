// What an iteration throws ends that iteration alone; it is logged with its place (k6/fail).
// expect: exit 0
// expect: metrics.iterations.count == 3
// expect: metrics.after missing
// expect: stderr has went wrong
// expect: stderr has iteration-exception.js:14
import { fail } from 'k6';
import { Counter } from 'k6/metrics';

export const options = { iterations: 3 };
const after = new Counter('after');

export default function () {
  fail('went wrong');
  after.add(1);
}
