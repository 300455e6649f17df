# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# What the learning scenarios of scripts/learn have in common: they show each command before they run it, observe, and put
# back what they changed. Sourced with `root` set; brings all that they need.

# shellcheck source-path=SCRIPTDIR source=common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=address.sh
. "$root/scripts/lib/address.sh"
# shellcheck source-path=SCRIPTDIR source=cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=control.sh
. "$root/scripts/lib/control.sh"
# shellcheck source-path=SCRIPTDIR source=k6.sh
. "$root/scripts/lib/k6.sh"

# begin_lesson PARAMETER…: sets `base_url`, where the system is there to be tried.
begin_lesson() {
  keep=no
  case "${1:-}" in
    -h | --help) print_help && exit 0 ;;
    --keep) keep=yes ;;
    '') ;;
    *) die "unknown parameter $1 (--help)" ;;
  esac
  need curl 'apt-get install curl, or https://curl.se/download.html'
  require_cluster
  in_namespace get deployment backend-app downstream-service >/dev/null 2>&1 ||
    die 'the system is not deployed: scripts/deploy-all.sh'
  # Its commands have paths that begin here.
  cd "$root" || exit
  base_url="${BASE_URL:-$(cluster_url)}" ||
    die "NodePort 30000 does not answer: is the system well (kubectl get pods -n $namespace)? If so: kubectl port-forward service/backend-service 30000:8000 -n $namespace"
  say "the backend: $base_url"
  not_observed=0
}

# From here on the end of the script, by a signal too, runs `undo`, which the scenario defines, unless --keep is given.
undo_at_end() {
  trap end_lesson EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# The number of replicas is part of what is observed: with more than one, each gets only a share of the trouble.
require_one_replica() {
  local replicas
  ! in_namespace get hpa backend-app >/dev/null 2>&1 || die 'an autoscaler is at work: kubectl delete -f k8s/hpa.yaml'
  replicas="$(replicas_of backend-app)"
  [ "$replicas" = 1 ] ||
    die "this needs one replica, and there are $replicas: kubectl scale deployment backend-app -n $namespace --replicas=1"
}

# Sets `limit_before`, the CPU limit that the backend has; 0 where it has none.
read_cpu_limit() {
  limit_before="$(in_namespace get deployment backend-app --output 'jsonpath={.spec.template.spec.containers[0].resources.limits.cpu}')"
  limit_before="${limit_before:-0}"
}

limit_cpu() { run kubectl set resources deployment backend-app -n load-testing --limits=cpu="$1" && rolled_out backend-app; }

replicas_of() { in_namespace get deployment "$1" --output jsonpath='{.spec.replicas}'; }

# run COMMAND…: shows it, and runs it.
run() {
  say "\$ $*"
  "$@"
}

# rolled_out NAME: waits until the pods of a Deployment are as it says.
rolled_out() {
  in_namespace rollout status "deployment/$1" --timeout="${ROLLOUT_TIMEOUT:-240}s" >/dev/null ||
    die "deployment/$1 was not ready in time: kubectl describe pods -n $namespace"
}

# observe SENTENCE COMMAND…: says whether what should be seen was seen.
observe() {
  local sentence="$1"
  shift
  if "$@"; then
    printf 'observed      %s\n' "$sentence"
  else
    printf 'NOT OBSERVED  %s\n' "$sentence"
    not_observed=$((not_observed + 1))
  fi
}

end_lesson() {
  local code=$?
  trap - EXIT INT TERM
  if [ "$keep" = yes ]; then
    say 'Left as it is (--keep). Its page in docs/kubernetes ends with what undoes it.'
  else
    say 'Putting back what was changed.'
    undo || say "It could not be put back: scripts/deploy-all.sh does."
  fi
  if [ "$code" -eq 0 ] && [ "$not_observed" -gt 0 ]; then code=1; fi
  exit "$code"
}

# milliseconds PATH [SECONDS]: prints how long one request takes; fails when it is no success within so many seconds.
milliseconds() {
  local seconds
  seconds="$(curl --silent --fail --output /dev/null --max-time "${2:-30}" --write-out '%{time_total}' "$base_url$1")" || return 1
  awk -v seconds="$seconds" 'BEGIN { printf "%d\n", 1000 * seconds }'
}

# status_of PATH [SECONDS]: prints the status of one answer; 000 when there was none in time.
status_of() { curl --silent --output /dev/null --max-time "${2:-30}" --write-out '%{http_code}' "$base_url$1" || true; }

# percentile PERCENT: of the numbers of the input, one a line; nothing when there is none.
percentile() {
  sort -n | awk -v percent="$1" '{ values[NR] = $1 }
    END { rank = int(NR * percent / 100); if (rank < NR * percent / 100) rank++; if (NR) print values[rank < 1 ? 1 : rank] }'
}
