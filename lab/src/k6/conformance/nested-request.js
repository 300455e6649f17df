// A request below 100 nested calls waits for its answer, and other VUs run meanwhile.
// expect: exit 0
// expect: metrics.http_reqs.count == 2
// expect: metrics.checks.passes == 2
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 2, iterations: 2 };

const below = (calls, act) => (calls === 0 ? act() : below(calls - 1, act));

export default function () {
  const response = below(100, () => http.get(`${__ENV.BASE_URL}/delay/300`));
  check(response, { 'is the answer': ({ body }) => body === 'late' });
}
