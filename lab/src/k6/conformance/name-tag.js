// The tag `name` gathers addresses, by hand or by http.url (http-requests, "URL grouping").
// expect: exit 0
// expect: metrics.http_reqs{name:Item}.count == 2
// expect: metrics.checks.passes == 1
import { check } from 'k6';
import http from 'k6/http';

export const options = { thresholds: { 'http_reqs{name:Item}': ['count==2'] } };

export default function () {
  for (const id of [1, 2]) http.get(`${__ENV.BASE_URL}/?id=${id}`, { tags: { name: 'Item' } });
  const base = __ENV.BASE_URL;
  check(http.get(http.url`${base}/?id=${3}`), { 'is answered': ({ status }) => status === 200 });
}
