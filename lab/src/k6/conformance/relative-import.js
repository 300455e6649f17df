// Scripts import modules beside them (using-k6/modules).
// expect: exit 0
// expect: metrics.checks.passes == 1
import { check } from 'k6';
import { answer } from './lib/answer.js';

export default function () {
  check(answer(), { 'is that of the module': (value) => value === 42 });
}
