# shellcheck shell=bash
# What every script of this folder says and asks in the same way. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 2
}

# need PROGRAM HOW: ends the script when the program is missing, and says how to get it.
need() { command -v "$1" >/dev/null || die "$1 is not installed: $2"; }

# within SECONDS COMMAND…: as timeout(1), which macOS does not have; there it waits as long as it takes.
within() {
  if command -v timeout >/dev/null; then timeout "$@"; else "${@:2}"; fi
}

# Succeeds where GET of the address is answered with 2xx or 3xx within two seconds.
answers() {
  if command -v curl >/dev/null; then
    curl --silent --fail --output /dev/null --max-time 2 "$1"
  else
    node --eval "$is_answered" "$1"
  fi
}
# shellcheck disable=SC2016 # it is JavaScript
is_answered='fetch(process.argv[1], { signal: AbortSignal.timeout(2000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))'

# Succeeds where the system at the address says that it is well.
healthy() { answers "$1/health"; }

# until_true SECONDS COMMAND…: tries once a second until it succeeds; fails when the time is over.
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 1
  done
}

# The comment at the top of the script, without its marks, is its help.
print_help() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }
