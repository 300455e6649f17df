// The function of a SharedArray runs once, not in each VU; its elements cannot be changed (k6-data/sharedarray).
// expect: exit 0
// expect: metrics.checks.passes == 6
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import { SharedArray } from 'k6/data';

export const options = { vus: 3, iterations: 3 };
const users = new SharedArray('users', () => [{ name: 'a' }, { name: 'b' }]);

export default function () {
  check(users, {
    'has its length': (list) => list.length === 2,
    'has its elements': (list) => list[1].name === 'b' && list.map(({ name }) => name).join() === 'a,b',
  });
}
