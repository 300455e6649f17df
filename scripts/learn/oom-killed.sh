#!/usr/bin/env bash
# Learning scenario 2, OOMKilled: leaks 20 times 50 MB, and observes that the kernel kills the backend at its memory limit
# and that it is started again. About two minutes; docs/kubernetes/oom-killed.md explains it.
#
#   scripts/learn/oom-killed.sh [--keep]
#
#   --keep           leaves the pod with what it has leaked since its last start
#   BASE_URL         the backend; default: where the cluster's NodePort 30000 answers
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#
# Exit code: 0 when all was observed, 1 when something was not, 2 when it could not be tried.

# shellcheck disable=SC2154 # lesson.sh sets what is not set here
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=../lib/lesson.sh
. "$root/scripts/lib/lesson.sh"

undo() { run kubectl rollout restart deployment/backend-app -n load-testing && rolled_out backend-app; }

# container FIELD: of the one container of the one pod.
container() { in_namespace get pod "$pod" --output "jsonpath={.status.containerStatuses[0].$1}"; }

# The kubelet tells of a kill some seconds later.
was_restarted() { [ "$(container restartCount)" -gt "$restarts_before" ]; }
is_ready() { [ "$(container ready)" = true ]; }

begin_lesson "$@"
require_one_replica
pod="$(pods_of backend-app)"
restarts_before="$(container restartCount)"

undo_at_end
leak="$base_url/api/memory-leak?size_mb=50"
say "\$ for i in {1..20}; do curl \"$leak\"; sleep 2; done"
for _ in {1..20}; do
  curl --silent --show-error --max-time 10 "$leak" || true
  printf '\n'
  sleep 2
done

observe 'the container was killed and started again' until_true 60 was_restarted
observe "the reason is OOMKilled: $(container lastState.terminated.reason)" \
  [ "$(container lastState.terminated.reason)" = OOMKilled ]
observe "the exit code is 137 (128 + SIGKILL): $(container lastState.terminated.exitCode)" \
  [ "$(container lastState.terminated.exitCode)" = 137 ]
observe "it is ready again, in the same pod: $pod, restarted $(($(container restartCount) - restarts_before)) times" \
  until_true 120 is_ready
