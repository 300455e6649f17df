// noConnectionReuse: a connection for each request (options reference).
// expect: exit 0
// expect: metrics.ports.value == 4
import http from 'k6/http';
import { Gauge } from 'k6/metrics';

export const options = { iterations: 4, noConnectionReuse: true };
const [ports, seen] = [new Gauge('ports'), new Set()];

export default function () {
  seen.add(http.get(`${__ENV.BASE_URL}/port`).body);
  ports.add(seen.size);
}
