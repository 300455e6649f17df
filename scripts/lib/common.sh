# shellcheck shell=bash
# What every script of this folder says and asks in the same way. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 2
}

# Succeeds where the address answers GET /health within two seconds.
healthy() {
  if command -v curl >/dev/null; then
    curl --silent --fail --output /dev/null --max-time 2 "$1/health"
  else
    node --eval "$is_healthy" "$1/health"
  fi
}
# shellcheck disable=SC2016 # it is JavaScript
is_healthy='fetch(process.argv[1], { signal: AbortSignal.timeout(2000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))'

# The comment at the top of the script, without its marks, is its help.
print_help() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }
