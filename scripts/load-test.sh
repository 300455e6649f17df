#!/usr/bin/env bash
# Runs the six load tests of load-tests/k6, or those named, one after the other: with k6 when it is on PATH, else with
# the runner of this repository (npx lab k6 run), and says which.
#
#   scripts/load-test.sh [baseline] [cpu-stress] [memory-stress] [io-stress] [db-pool-exhaust] [cascade-failure]
#
#   BASE_URL   the backend; unset: what is running here (local, Compose, or the cluster's NodePort 30000)
#   EXPECT     failure (default), fixed or none; baseline always expects a healthy system, unless it is none
#   FIX        on switches each test's protections on and back; preset says that PROTECTIONS did it
#   CONTROL_URL, DOWNSTREAM_CONTROL_URL, CONTROL_TOKEN   as the scripts of load-tests/k6 read them; on NodePort 30000 of
#              the cluster of kubectl each pod's control API is forwarded for as long as a test runs
#   HEALTH_TIMEOUT   seconds to wait for a healthy system before each test; default 60
#
# Exit code: 0 when every test did as expected, else the first code that was not 0 (99: thresholds were crossed).

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/address.sh
. "$root/scripts/lib/address.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/control.sh
. "$root/scripts/lib/control.sh"
# shellcheck source-path=SCRIPTDIR source=lib/k6.sh
. "$root/scripts/lib/k6.sh"

tests="$root/load-tests/k6"
all=(baseline cpu-stress memory-stress io-stress db-pool-exhaust cascade-failure)

case "${1:-}" in -h | --help) print_help && exit 0 ;; esac
names=("$@")
[ $# -gt 0 ] || names=("${all[@]}")
for name in "${names[@]}"; do
  [[ " ${all[*]} " == *" ${name%.js} "* ]] || die "unknown test $name; there are: ${all[*]}"
done
command -v curl >/dev/null || command -v node >/dev/null || die 'curl or node is needed, to see whether the system is healthy'

choose_runner
choose_base_url
export BASE_URL
prepare_control "$BASE_URL"

exit_code=0
summary=''
for name in "${names[@]}"; do
  name="${name%.js}"
  say '' && say "== $name"
  expect="${EXPECT:-failure}"
  if [ "$name" = baseline ] && [ "$expect" != none ]; then expect=healthy; fi
  code=0
  if until_true "${HEALTH_TIMEOUT:-60}" healthy "$BASE_URL"; then
    EXPECT="$expect" with_control "${runner[@]}" "$tests/$name.js" || code=$?
  else
    code=1
    say "$BASE_URL was not healthy within ${HEALTH_TIMEOUT:-60} s"
  fi
  [ "$exit_code" -ne 0 ] || exit_code="$code"
  case "$code" in 0) verdict='as expected' ;; 99) verdict='NOT as expected' ;; *) verdict='did not run to its end' ;; esac
  summary+="$(printf '%-16s %-8s exit %-3s %s' "$name" "$expect" "$code" "$verdict")"$'\n'
done
printf '\n%s' "$summary"
exit "$exit_code"
