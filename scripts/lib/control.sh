# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# The control APIs of a cluster's pods. They listen on the loopback address of each pod and have no Service, so each pod
# gets a port-forward of its own. Sourced after cluster.sh.

# prepare_control ADDRESS: whether with_control has something to forward: the address is our cluster's NodePort, and no
# control API is given.
prepare_control() {
  control_is_in_pods=no
  [ -z "${CONTROL_URL:-}${DOWNSTREAM_CONTROL_URL:-}" ] || return 0
  case "${1%/}" in *:30000) ;; *) return 0 ;; esac
  command -v kubectl >/dev/null || return 0
  in_namespace get deployment backend-app --request-timeout=5s >/dev/null 2>&1 || return 0
  require_cluster
  control_is_in_pods=yes
}

# with_control COMMAND…: runs it, where prepare_control has said so with CONTROL_URL and DOWNSTREAM_CONTROL_URL of the
# pods that are there now. A pod that comes later is not reached.
with_control() (
  if [ "$control_is_in_pods" = yes ]; then
    trap close_control EXIT
    open_control
  fi
  "$@"
)

open_control() {
  CONTROL_URL='' DOWNSTREAM_CONTROL_URL='' forwards=''
  forward_app backend-app 8100 protections
  CONTROL_URL="$urls"
  forward_app downstream-service 8101 behaviour
  DOWNSTREAM_CONTROL_URL="$urls"
  export CONTROL_URL DOWNSTREAM_CONTROL_URL
}

# forward_app APP PORT PATH: forwards a free port to each of its pods; sets `urls`, a comma list.
forward_app() {
  local pod pods
  urls=''
  pods="$(pods_of "$1")" || die "the pods of $1 cannot be listed"
  for pod in $pods; do
    choose_free_port
    keep_forwarding "$pod" "$free_port:$2" >/dev/null 2>&1 &
    forwards="$forwards $!"
    until_true 15 answers "http://127.0.0.1:$free_port/$3" || die "the control API of the pod $pod does not answer through kubectl port-forward"
    urls="$urls${urls:+,}http://127.0.0.1:$free_port"
  done
}

# Again and again: kubectl ends when the container is restarted, or when one connection breaks.
keep_forwarding() {
  local child=''
  trap 'kill "$child" 2>/dev/null; wait "$child"; exit' TERM
  while :; do
    # Not in_namespace: the process to end must be kubectl itself, and not a shell around it.
    kubectl --namespace "$namespace" port-forward --address 127.0.0.1 "pod/$1" "$2" &
    child=$!
    wait "$child" || true
    sleep 1 &
    child=$!
    wait "$child" || true
  done
}

choose_free_port() {
  # Below the ports that systems give out by themselves.
  free_port=$((20000 + RANDOM % 10000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$free_port") 2>/dev/null; do free_port=$((20000 + RANDOM % 10000)); done
}

close_control() {
  [ -n "${forwards:-}" ] || return 0
  # shellcheck disable=SC2086 # a list
  kill $forwards 2>/dev/null || true
  # shellcheck disable=SC2086 # a list
  wait $forwards || true
  forwards=''
}
