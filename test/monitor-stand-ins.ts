import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestFolder } from './local-target.ts';
import { findOnPath, runBash, type Ended } from './run-bash.ts';

const root = join(import.meta.dirname, '..');
const tools = 'awk basename bash cat cut date dirname grep head mktemp mv rm sed tail tr xargs'.split(' ');

/** What a replica says at the first reading, and at the second: requests, errors and CPU have grown. */
const metrics = `
echo 'process_cpu_seconds_total '$n
echo 'process_resident_memory_bytes 150000000'
echo 'nodejs_eventloop_utilization_ratio 0.43'
echo 'db_client_connection_count{db_client_connection_state="used"} 10'
echo 'db_client_connection_max 10'
echo 'db_client_connection_pending_requests 37'
echo 'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/api/tasks",http_response_status_code="200"} '$((n * 100))`;
const cgroup = `echo "nr_periods $((n * 50))"; echo "nr_throttled $((n * 21))"; echo memory_current 300000000; echo inactive_file 50000000`;
const count = 'n=$(($(cat "$STATE" 2>/dev/null || echo 0) + 1)); echo $n >"$STATE";';

const programs: Readonly<Record<string, string>> = {
  sleep: 'exit 0',
  curl: `for last; do :; done
    case " $HEALTHY " in *" \${last%/*} "*) ;; *) exit 7 ;; esac
    case "$last" in */metrics) ${count} ${metrics} ;; esac`,
  docker: `case "$*" in
    'compose ps --quiet backend' | 'compose ps --all --quiet') [ -n "\${COMPOSE:-}" ] && echo c1 || exit 1 ;;
    'inspect --format @'*) read -r _ _ _ _ seconds _ <<<"$3" && echo "@ project-backend-1 $seconds 1000000000n 512000000" ;;
    'inspect --format '*) echo 'project-backend-1: running, restarts 2, last exit code 137, OOMKilled' ;;
    'exec c1 bash -c '*) ${count} printf 'HTTP/1.1 200 OK\\r\\n\\r\\n'; ${metrics}; ${cgroup} ;;
    *) echo "not known: docker $*" >&2; exit 64 ;;
    esac`,
  kubectl: `case "$*" in
    'config current-context') echo minikube ;;
    'config view '*) echo minikube.sigs.k8s.io ;;
    'get --raw /version'*) [ -z "\${DOWN:-}" ] ;;
    'get --raw /apis/metrics.k8s.io/'*) [ -n "\${METRICS_SERVER:-}" ] ;;
    'get --raw /api/v1/namespaces/load-testing/pods/backend-app-1:8000/proxy/metrics'*) ${count} ${metrics} ;;
    *'get deployment backend-app '*) echo '500m 512Mi' ;;
    *'get pods --selector'*) echo backend-app-1 ;;
    *'get pods --output custom-columns='*) printf 'POD RESTARTS LAST END EXIT\\nbackend-app-1 1 OOMKilled 137\\n' ;;
    *'get hpa') echo 'backend-app Deployment/backend-app cpu: 310%/60% 1 10 5' ;;
    *'top pods') echo 'backend-app-1 215m 184Mi' ;;
    *'exec backend-app-1 -- bash -c '*) n=$(cat "$STATE"); ${cgroup} ;;
    *) echo "not known: kubectl $*" >&2; exit 64 ;;
    esac`,
};

/** Runs scripts/monitor.sh where nothing but plain tools and stand-ins is on PATH, all but the withdrawn ones. */
export async function runMonitor(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  withdrawn: readonly string[] = [],
): Promise<Ended> {
  const bin = createTestFolder();
  for (const tool of tools) symlinkSync(find(tool), join(bin, tool));
  for (const [name, text] of Object.entries(programs)) {
    if (withdrawn.includes(name)) continue;
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const set = { PATH: bin, TMPDIR: bin, STATE: join(bin, 'state'), HEALTHY: '' };
  return runBash([join(root, 'scripts/monitor.sh'), ...parameters], { ...set, ...environment });
}

/** Where a program lies that the tests cannot do without. */
export function find(name: string): string {
  const file = findOnPath(name);
  if (file === undefined) throw new Error(`${name} is not on PATH`);
  return file;
}
