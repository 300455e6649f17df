// What setup returns is handed to every iteration and to teardown, each with a copy of its own (test-lifecycle).
// expect: exit 0
// expect: metrics.checks.passes == 4
// expect: metrics.checks.fails == 0
import { check } from 'k6';

export const options = { iterations: 3 };

export function setup() {
  return { value: 1 };
}

export default function (data) {
  check(data, { 'is the value of setup': ({ value }) => value === 1 });
  data.value = 2;
}

export function teardown(data) {
  check(data, { 'is still the value of setup': ({ value }) => value === 1 });
}
