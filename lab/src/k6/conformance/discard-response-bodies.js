// discardResponseBodies: the body is null unless the request asks for it (options reference).
// expect: exit 0
// expect: metrics.checks.passes == 2
import { check } from 'k6';
import http from 'k6/http';

export const options = { discardResponseBodies: true };

export default function () {
  check(http.get(__ENV.BASE_URL), { 'has no body': ({ body }) => body === null });
  const asked = http.get(__ENV.BASE_URL, { responseType: 'text' });
  check(asked, { 'has its body': ({ body }) => body === 'ok' });
}
