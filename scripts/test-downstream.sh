#!/usr/bin/env bash
# Tests the way from the backend to the downstream service: its Service, its endpoints, and a call from a pod of the
# backend. Changes nothing.
#
#   scripts/test-downstream.sh
#
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#
# Exit code: 0 when all three are well, 1 when one is not, and what to do about it.

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"

# shellcheck disable=SC2016 # it is JavaScript
call='const startedMs = Date.now();
fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then(
  async (answer) => { console.log(`${answer.status} after ${Date.now() - startedMs} ms: ${await answer.text()}`); process.exit(answer.ok ? 0 : 1); },
  (error) => { console.log(`no answer: ${error.cause?.message ?? error.message}`); process.exit(1); },
);'

failed() {
  printf 'FAILED  %s\n        %s\n' "$1" "$2"
  exit 1
}

case "${1:-}" in -h | --help) print_help && exit 0 ;; esac
require_cluster

address="$(in_namespace get service downstream-service --output jsonpath='{.spec.clusterIP}:{.spec.ports[0].port}' 2>/dev/null)" ||
  failed 'there is no Service downstream-service' 'scripts/deploy-downstream.sh'
printf 'ok      Service downstream-service at %s\n' "$address"

endpoints="$(in_namespace get endpointslices --selector=kubernetes.io/service-name=downstream-service --output \
  jsonpath='{range .items[*].endpoints[?(@.conditions.ready==true)]}{.addresses[0]} {end}')"
[ -n "$endpoints" ] || failed 'it has no ready endpoint' \
  "kubectl get pods -n $namespace; scaled to 0? kubectl scale deployment downstream-service -n $namespace --replicas=1"
printf 'ok      ready endpoints: %s\n' "$endpoints"

pods="$(pods_of backend-app)"
[ -n "$pods" ] || failed 'no pod of the backend runs to call from' 'scripts/deploy.sh'
for pod in $pods; do
  answer="$(in_namespace exec "$pod" -- node --eval "$call" http://downstream-service:8001/health)" ||
    failed "from $pod: ${answer:-kubectl exec failed}" \
      "kubectl logs deployment/downstream-service -n $namespace; kubectl describe networkpolicy -n $namespace"
  printf 'ok      from %s: %s\n' "$pod" "$answer"
done
