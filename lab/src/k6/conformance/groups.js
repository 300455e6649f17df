// group() tags what happens in it and measures it (tags-and-groups).
// expect: exit 0
// expect: metrics.group_duration.max >= 100
// expect: metrics.http_reqs{group:::outer::inner}.count == 1
// expect: root_group.groups.outer.groups.inner.checks.deep.passes == 1
import { check, group, sleep } from 'k6';
import http from 'k6/http';

export const options = { thresholds: { 'http_reqs{group:::outer::inner}': ['count==1'] } };

export default function () {
  group('outer', () => {
    sleep(0.1);
    group('inner', () => {
      http.get(__ENV.BASE_URL);
      check(1, { deep: (value) => value === 1 });
    });
  });
}
