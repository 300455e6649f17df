// A recursion without end is an error: uncaught it ends its iteration alone, and a script that catches it goes on.
// expect: exit 0
// expect: stderr has stack overflow
// expect: metrics.iterations.count == 3
// expect: metrics.caught.count == 1
// expect: metrics.checks.passes == 3
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

export const options = { vus: 1, iterations: 3 };

const caught = new Counter('caught');
const endless = () => 1 + endless();
const status = () => http.get(`${__ENV.BASE_URL}/status/204`).status;

function statusFarDown() {
  try {
    return statusFarDown();
  } catch {
    return status();
  }
}

export default function () {
  if (__ITER === 0) endless();
  if (__ITER === 1) {
    try {
      endless();
    } catch (error) {
      caught.add(1);
      check(error, { 'is an error': (value) => value instanceof Error });
    }
    check(statusFarDown(), { 'a request as far down as calls go': (value) => value === 204 });
    return;
  }
  check(status(), { 'a request afterwards': (value) => value === 204 });
}
