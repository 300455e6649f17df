// With `throw` a failed request throws (options reference).
// flags: --throw
// expect: exit 0
// expect: metrics.after missing
// expect: metrics.iterations.count == 1
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const after = new Counter('after');

export default function () {
  http.get('http://127.0.0.1:1/');
  after.add(1);
}
