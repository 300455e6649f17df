#!/usr/bin/env bash
# Shows the system that runs: its replicas with restarts and their reasons, the autoscaler, CPU and memory against the
# limits, throttled periods, and the key metrics against their targets, over the last INTERVAL seconds. Changes nothing.
#
#   scripts/monitor.sh [--watch]    --watch: again and again, until Ctrl-C
#
#   BASE_URL   the backend; unset: what is running here (local, Compose, or the cluster's NodePort 30000)
#   INTERVAL   seconds between two readings; default 5
#   CONFIRM_CONTEXT   name of the context, where it is not a cluster of this machine and nobody can be asked

set -euo pipefail
export LC_ALL=C
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/address.sh
. "$here/lib/address.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$here/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/figures.sh
. "$here/lib/figures.sh"

case "${1:-}" in
  -h | --help) print_help && exit 0 ;;
  '' | --watch) ;;
  *) die "unknown parameter $1 (--help)" ;;
esac
interval="${INTERVAL:-5}"
[[ "$interval" =~ ^[1-9][0-9]*$ ]] || die "INTERVAL is $interval; legal: whole seconds, from 1"

# Sets `system`: cluster, compose or address.
find_system() {
  [ -n "${BASE_URL:-}" ] || BASE_URL="$(running_systems | head -n 1 | cut -f1)"
  case "$BASE_URL" in
    *:30000 | '') system=cluster ;;
    "http://localhost:${BACKEND_PORT:-8000}") [ "$(kind_of_local)" = Compose ] && system=compose || system=address ;;
    *) system=address ;;
  esac
  if [ "$system" = cluster ] && ! command -v kubectl >/dev/null; then
    [ -n "$BASE_URL" ] || die "nothing answers on localhost:${BACKEND_PORT:-8000} or on NodePort 30000, and kubectl is not installed. Start a system (npx lab up, docker compose up, scripts/deploy-all.sh), set BASE_URL, or get kubectl: https://kubernetes.io/docs/tasks/tools"
    say "kubectl is not installed (https://kubernetes.io/docs/tasks/tools): this is what one replica says at $BASE_URL"
    system=address
  fi
  [ -n "$BASE_URL" ] || say "Nothing answers on localhost:${BACKEND_PORT:-8000} or on NodePort 30000; npx lab up, docker compose up or scripts/deploy-all.sh start a system. Looking at kubectl's cluster."
  if [ "$system" = cluster ]; then require_cluster; else need curl 'apt-get install curl, or https://curl.se/download.html'; fi
}

columns='POD:.metadata.name,READY:.status.containerStatuses[*].ready,STATUS:.status.phase,WAITING:.status.containerStatuses[*].state.waiting.reason,RESTARTS:.status.containerStatuses[*].restartCount,LAST END:.status.containerStatuses[*].lastState.terminated.reason,EXIT:.status.containerStatuses[*].lastState.terminated.exitCode'
show_cluster() {
  in_namespace get pods --output custom-columns="$columns"
  printf '\n'
  in_namespace get hpa 2>&1 || true
  printf '\n'
  if has_metrics_server; then in_namespace top pods 2>&1 || true; else say "no metrics-server, so no kubectl top: $metrics_server_hint"; fi
}
show_compose() {
  docker compose ps --all --quiet | xargs docker inspect --format \
    '{{slice .Name 1}}: {{.State.Status}}, restarts {{.RestartCount}}, last exit code {{.State.ExitCode}}{{if .State.OOMKilled}}, OOMKilled{{end}}'
}
show_address() { printf '%s\n' "$BASE_URL"; }

find_system
readings="$(mktemp -d)"
trap 'rm -r "$readings"' EXIT
read_figures "$system" >"$readings/after"
while :; do
  mv "$readings/after" "$readings/before"
  sleep "$interval"
  read_figures "$system" >"$readings/after"
  screen="$(date '+%H:%M:%S' && "show_$system" 2>&1 && printf '\n' && awk -f "$here/lib/figures.awk" "$readings/before" "$readings/after")"
  if [ "${1:-}" = --watch ] && [ -t 1 ]; then printf '\033[H\033[2J'; fi
  printf '%s\n' "$screen"
  [ "${1:-}" = --watch ] || break
  printf '\n'
done
