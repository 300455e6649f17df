// A VU keeps its connection between requests and iterations (options reference, noConnectionReuse).
// expect: exit 0
// expect: metrics.ports.value == 1
import http from 'k6/http';
import { Gauge } from 'k6/metrics';

export const options = { iterations: 4 };
const [ports, seen] = [new Gauge('ports'), new Set()];

export default function () {
  seen.add(http.get(`${__ENV.BASE_URL}/port`).body);
  ports.add(seen.size);
}
