# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# Where the backend can be reached: BASE_URL when it is set, else what is running. Sourced after common.sh.

# Prints one line for each running system: its address, a tab, and what it is.
running_systems() {
  local port="${BACKEND_PORT:-8000}" url
  if healthy "http://localhost:$port"; then
    printf '%s\t%s\n' "http://localhost:$port" "$(kind_of_local)"
  fi
  if url="$(cluster_url)"; then printf '%s\t%s\n' "$url" 'the cluster (NodePort 30000)'; fi
}

kind_of_local() {
  if command -v docker >/dev/null && [ -n "$(within 5 docker compose ps --quiet backend 2>/dev/null)" ]; then
    printf 'Compose'
  else
    printf 'the local system'
  fi
}

# Prints where the cluster's NodePort answers; fails when it does so nowhere that this machine can reach.
cluster_url() {
  local source address
  for source in this_machine minikube_ip node_addresses; do
    for address in $("$source"); do
      if healthy "http://$address:30000"; then
        printf 'http://%s:30000' "$address"
        return
      fi
    done
  done
  return 1
}

this_machine() { printf 'localhost'; }
minikube_ip() { if command -v minikube >/dev/null; then within 10 minikube ip 2>/dev/null || true; fi; }
node_addresses() {
  command -v kubectl >/dev/null && kubectl config current-context >/dev/null 2>&1 || return 0
  # Those of version 6 would need brackets, and every node has one of version 4 in the clusters that this is for.
  kubectl get nodes --request-timeout=5s --output \
    jsonpath='{.items[*].status.addresses[?(@.type=="InternalIP")].address}' 2>/dev/null | tr ' ' '\n' | grep -v : || true
}

# Sets BASE_URL, and says to which system it leads. With two systems a person is asked; a script has to say it.
choose_base_url() {
  if [ -n "${BASE_URL:-}" ]; then
    say "testing $BASE_URL (BASE_URL)"
    return
  fi
  local systems count number=1
  systems="$(running_systems)"
  [ -n "$systems" ] || die "nothing answers on localhost:${BACKEND_PORT:-8000} or on NodePort 30000. Start a system (npx lab up, docker compose up, scripts/deploy-all.sh) or set BASE_URL."
  count="$(printf '%s\n' "$systems" | wc -l)"
  if [ "$count" -gt 1 ]; then
    say 'More than one system is running:'
    printf '%s\n' "$systems" | nl -w 3 >&2
    [ -t 0 ] || die 'set BASE_URL to the one to test'
    read -r -p 'Which one? [1] ' number
    number="${number:-1}"
  fi
  BASE_URL="$(printf '%s\n' "$systems" | sed -n "${number}p" | cut -f1)"
  [ -n "$BASE_URL" ] || die "there is no system number $number"
  say "testing $BASE_URL ($(printf '%s\n' "$systems" | sed -n "${number}p" | cut -f2))"
}
