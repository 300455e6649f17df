# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# The cluster that kubectl talks to, and our namespace in it. Sourced after common.sh.

namespace=load-testing

# kubectl, in our namespace only.
in_namespace() { kubectl --namespace "$namespace" "$@"; }

# Sets `context`. Ends the script where there is no cluster, and asks first where it is not one of this machine.
require_cluster() {
  need kubectl 'brew install kubectl, or https://kubernetes.io/docs/tasks/tools'
  context="$(kubectl config current-context 2>/dev/null)" ||
    die 'kubectl has no current context: run scripts/setup-minikube.sh, or set KUBECONFIG to the file of your cluster'
  kubectl get --raw /version --request-timeout=10s >/dev/null 2>&1 ||
    die "the cluster of the context $context does not answer: start it (minikube start), or choose another (kubectl config use-context)"
  confirm_context
}

confirm_context() {
  if [ "$(kind_of_cluster)" != other ] || [ "${CONFIRM_CONTEXT:-}" = "$context" ]; then return; fi
  say "The context $context ($(server_of_cluster)) is not a cluster of this machine."
  [ -t 0 ] || die "set CONFIRM_CONTEXT='$context' to let it work there, in the namespace $namespace"
  local answer
  read -r -p "Work in its namespace $namespace? Type yes: " answer
  [ "$answer" = yes ] || die 'nothing was changed'
  export CONFIRM_CONTEXT="$context"
}

# Prints minikube, kind, docker-desktop, local (another one on this machine) or other.
kind_of_cluster() {
  case "$context" in
    minikube | docker-desktop) printf '%s' "$context" && return ;;
    kind-*) printf kind && return ;;
  esac
  # Minikube notes itself beside every cluster that it makes, whatever the profile is called.
  if [ "$(view_cluster '{.clusters[0].cluster.extensions[*].extension.provider}')" = minikube.sigs.k8s.io ]; then
    printf minikube
    return
  fi
  case "$(server_of_cluster)" in
    https://127.0.0.1* | https://localhost* | 'https://[::1]'*) printf 'local' ;;
    *) printf other ;;
  esac
}

server_of_cluster() { view_cluster '{.clusters[0].cluster.server}'; }
view_cluster() { kubectl config view --minify --output "jsonpath=$1" 2>/dev/null; }

# Prints the pods of one app that are there to stay, one a line.
pods_of() {
  # shellcheck disable=SC2016 # it is a template of kubectl
  in_namespace get pods --selector="app.kubernetes.io/name=$1" --field-selector=status.phase=Running --output \
    go-template='{{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}'
}

# Whether `kubectl top` and the autoscaler have figures to go by.
has_metrics_server() { kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes --request-timeout=10s >/dev/null 2>&1; }
metrics_server_hint='minikube addons enable metrics-server, or https://github.com/kubernetes-sigs/metrics-server; its first figures take a minute'
