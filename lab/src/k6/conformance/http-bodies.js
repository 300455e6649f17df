// Objects go as forms, text goes as it is; json() reads the answer (k6-http).
// expect: exit 0
// expect: metrics.checks.passes == 4
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import http from 'k6/http';

const echo = `${__ENV.BASE_URL}/echo`;

export default function () {
  const form = http.post(echo, { a: 1, b: 'x y' }).json();
  check(form, {
    'is a form': ({ headers }) => headers['content-type'] === 'application/x-www-form-urlencoded',
    'has its fields': ({ body }) => body === 'a=1&b=x+y' || body === 'a=1&b=x%20y',
  });
  const headers = { 'Content-Type': 'application/json', 'X-Own': 'yes' };
  const response = http.put(echo, JSON.stringify({ a: 1 }), { headers });
  check(response, {
    'is as it was': (answer) => answer.json('body') === '{"a":1}' && answer.json('method') === 'PUT',
    'has its headers': (answer) => answer.json('headers.x-own') === 'yes',
  });
}
