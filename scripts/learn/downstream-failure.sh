#!/usr/bin/env bash
# Learning scenario 3, failure of the downstream service: scales it to nothing, and observes that errors propagate to the
# routes that call it, and to no other. About a minute; docs/kubernetes/downstream-failure.md explains it.
#
#   scripts/learn/downstream-failure.sh [--keep]
#
#   --keep           leaves the downstream service away
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
  run kubectl scale deployment downstream-service -n load-testing --replicas="$replicas_before"
  rolled_out downstream-service
  observe 'when it is back, calls succeed again' until_true 60 calls_succeed
}

# count PATTERN PATH: how many of five requests get a status like that; 000 is none within 15 seconds.
count() {
  local matching=0
  for _ in 1 2 3 4 5; do
    # shellcheck disable=SC2254 # it is a pattern
    case "$(status_of "$2" 15)" in $1) matching=$((matching + 1)) ;; esac
  done
  printf '%s' "$matching"
}

calls_succeed() { [ "$(status_of '/api/cascade-failure?calls=1')" = 200 ]; }

begin_lesson "$@"
replicas_before="$(replicas_of downstream-service)"
[ "$replicas_before" -gt 0 ] || die "the downstream service is away already: kubectl scale deployment downstream-service -n $namespace --replicas=1"
until_true 15 calls_succeed || die 'calls of the downstream service fail already: scripts/test-downstream.sh'

undo_at_end
run kubectl scale deployment downstream-service -n load-testing --replicas=0
in_namespace wait --for=delete pod --selector=app.kubernetes.io/name=downstream-service --timeout=60s >/dev/null || true
say "\$ curl \"$base_url/api/cascade-failure\""
body="$(curl --silent --show-error --max-time 15 "$base_url/api/cascade-failure" 2>&1 || true)"
printf '%s\n' "$body"
failed="$(count '[05]*' /api/cascade-failure)"
served="$(count '2*' /api/tasks)"

observe "every request of the route that calls it fails: $failed of 5" [ "$failed" = 5 ]
observe 'the error comes through: the answer names the downstream service, or there is none in 15 s' \
  grep -qiE 'downstream|timed out' <<<"$body"
observe "a route that does not call it answers: $served of 5" [ "$served" = 5 ]
