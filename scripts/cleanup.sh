#!/usr/bin/env bash
# Deletes the namespace load-testing with all that is in it, data included, and waits until it is gone. Nothing of this
# project is anywhere else in the cluster. Run again it changes nothing.
#
#   scripts/cleanup.sh
#
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#   DELETE_TIMEOUT   seconds to wait; default 180

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"

case "${1:-}" in
  -h | --help) print_help && exit 0 ;;
  '') ;;
  *) die "unknown parameter $1 (--help)" ;;
esac
require_cluster
found="$(kubectl get namespace "$namespace" --ignore-not-found --output name)"
if [ -z "$found" ]; then
  printf 'There is no namespace %s: nothing to do.\n' "$namespace"
  exit
fi
label="$(kubectl get namespace "$namespace" --output 'jsonpath={.metadata.labels.app\.kubernetes\.io/part-of}')"
[ "$label" = backend-load-testing ] ||
  die "the namespace $namespace does not have this project's label, so it may be somebody else's: look into it, and delete it by kubectl delete namespace $namespace"

seconds="${DELETE_TIMEOUT:-180}"
kubectl delete namespace "$namespace" --timeout="${seconds}s" ||
  die "the namespace is not gone after $seconds s: kubectl get namespace $namespace --output yaml says what it waits for"
printf 'Deleted. The cluster itself goes on: minikube stop, minikube delete.\n'
