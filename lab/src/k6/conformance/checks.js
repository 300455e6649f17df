// A failed check fails neither iteration nor test (using-k6/checks); check() says whether all passed.
// expect: exit 0
// expect: metrics.checks.passes == 2
// expect: metrics.checks.fails == 2
// expect: metrics.iterations.count == 1
// expect: root_group.checks.is five.passes == 1
// expect: root_group.checks.is six.fails == 1
import { check } from 'k6';

export default function () {
  const all = check(5, { 'is five': (value) => value === 5, 'is six': (value) => value === 6 });
  const tagged = check(all, { 'one had failed': (value) => !value }, { kind: 'second' });
  check(tagged, {
    'a check that throws fails': () => {
      throw new Error('no');
    },
  });
}
