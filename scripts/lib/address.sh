# shellcheck shell=bash
# Where the backend can be reached: BASE_URL when it is set, else what is running. Sourced after common.sh.

# Prints one line for each running system: its address, a tab, and what it is.
running_systems() {
  local port="${BACKEND_PORT:-8000}" address
  if healthy "http://localhost:$port"; then
    printf '%s\t%s\n' "http://localhost:$port" "$(kind_of_local)"
  fi
  for address in localhost "$(minikube_ip)"; do
    if [ -n "$address" ] && healthy "http://$address:30000"; then
      printf '%s\t%s\n' "http://$address:30000" 'the cluster (NodePort 30000)'
      return
    fi
  done
}

kind_of_local() {
  if command -v docker >/dev/null && [ -n "$(timeout 5 docker compose ps --quiet backend 2>/dev/null)" ]; then
    printf 'Compose'
  else
    printf 'the local system'
  fi
}

minikube_ip() { if command -v minikube >/dev/null; then timeout 10 minikube ip 2>/dev/null || true; fi; }

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
