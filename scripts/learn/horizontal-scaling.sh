#!/usr/bin/env bash
# Learning scenario 4, horizontal scaling: limits a replica to less CPU than the load takes, switches the autoscaler on,
# loads the backend, and observes that replicas are added and that latency is better with them. Three to ten minutes;
# docs/kubernetes/horizontal-scaling.md explains it.
#
#   scripts/learn/horizontal-scaling.sh [--keep]
#
#   --keep           leaves the autoscaler and its replicas
#   VUS, DURATION    of the load; default 100 and 10m. It is ended as soon as all was observed
#   CPU_LIMIT        of each replica; default 100m, of which the load takes twice as much
#   BASE_URL         the backend; default: where the cluster's NodePort 30000 answers
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#
# Exit code: 0 when all was observed, 1 when something was not, 2 when it could not be tried.

# shellcheck disable=SC2154 # lesson.sh sets what is not set here
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=../lib/lesson.sh
. "$root/scripts/lib/lesson.sh"

undo() {
  if [ -n "${load:-}" ]; then
    kill -TERM "$load" 2>/dev/null || true
    # It puts back what it has set through the control APIs.
    wait "$load" || true
  fi
  close_control
  rm -rf "$folder"
  run kubectl delete -f k8s/hpa.yaml --ignore-not-found
  run kubectl scale deployment backend-app -n load-testing --replicas=1
  limit_cpu "$limit_before"
}

ready_replicas() { in_namespace get deployment backend-app --output jsonpath='{.status.readyReplicas}'; }
slowest_tenth() { awk -v replicas="$1" '$1 == replicas { print $2 }' "$folder/probes" | tail -n 20 | percentile 90; }

begin_lesson "$@"
has_metrics_server || die "the autoscaler needs metrics-server: $metrics_server_hint"
[ "$(ready_replicas)" = 1 ] || die "this begins with one replica: kubectl scale deployment backend-app -n $namespace --replicas=1"
choose_runner
read_cpu_limit
folder="$(mktemp -d)"
undo_at_end
limit_cpu "${CPU_LIMIT:-100m}"
until_true 60 healthy "$base_url" || die "the backend does not answer at $base_url"
export BASE_URL="$base_url" EXPECT=none
prepare_control "$BASE_URL"
[ "$control_is_in_pods" = no ] || open_control

run kubectl apply -f k8s/hpa.yaml
command=("${runner[@]}" --vus "${VUS:-100}" --duration "${DURATION:-10m}" load-tests/k6/baseline.js)
say "\$ ${command[*]}"
"${command[@]}" >"$folder/load.log" 2>&1 &
load=$!
say "\$ kubectl get hpa -n load-testing --watch"
most=1 quiet=0
while kill -0 "$load" 2>/dev/null; do
  replicas="$(ready_replicas || printf 0)"
  # No answer within two seconds counts as two seconds.
  printf '%s %s\n' "${replicas:-0}" "$(milliseconds /api/tasks 2 || printf 2000)" >>"$folder/probes"
  if [ "${replicas:-0}" -gt "$most" ]; then
    most="$replicas" quiet=0
    in_namespace get hpa backend-app --no-headers || true
  fi
  # Done with all ten, or when no more are wanted for two minutes. A while later: the newest have to warm up.
  quiet=$((quiet + 1))
  if [ "$most" -eq 10 ] && [ "$quiet" -gt 40 ]; then break; fi
  if [ "$most" -gt 1 ] && [ "$quiet" -gt 110 ]; then break; fi
  sleep 1
done
alone="$(slowest_tenth 1)" together="$(slowest_tenth "$most")"
kill -0 "$load" 2>/dev/null || tail -n 20 "$folder/load.log" >&2

observe "replicas were added: 1 → $most" [ "$most" -gt 1 ]
observe "with them nine of ten requests take less than 500 ms: ${together:-?} ms at most, with one replica ${alone:-?} ms" \
  [ "${together:-9999}" -lt 500 ]
if [ "${alone:-0}" -ge 100 ]; then
  observe 'latency is better with more replicas' [ "${together:-9999}" -lt "$alone" ]
else
  say "One replica was not overloaded by this, so latency had nothing to gain: more VUS, or a lower CPU_LIMIT."
fi
