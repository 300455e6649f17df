// Redirects are followed, each with samples of its own, up to a limit (k6-http/params).
// expect: exit 0
// expect: metrics.http_reqs.count == 6
// expect: metrics.checks.passes == 3
import { check } from 'k6';
import http from 'k6/http';

export default function () {
  const followed = http.get(`${__ENV.BASE_URL}/redirect/3`);
  check(followed, {
    'ends at the last': ({ status }) => status === 200,
    'knows its address': ({ url }) => url === `${__ENV.BASE_URL}/redirect/0`,
  });
  http.get(`${__ENV.BASE_URL}/redirect/1`, { redirects: 0 });
  const stopped = http.get(`${__ENV.BASE_URL}/redirect/2`, { redirects: 0 });
  check(stopped, { 'stops at the first': ({ status }) => status === 302 });
}
