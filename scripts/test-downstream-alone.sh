#!/usr/bin/env bash
# Proves that downstream-slow-service is a project of its own: copied out of the repository it installs, tests and starts.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
pid=''
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

# Of the last commit, so that nothing untracked can help it.
git -C "$root" archive HEAD:downstream-slow-service | tar x -C "$folder"
cd "$folder"
npm ci --no-audit --no-fund
npm test
PORT=18761 CONTROL_PORT=18762 HOST=127.0.0.1 npm start >start.log 2>&1 &
pid=$!
for _ in $(seq 50); do
  if curl --silent --fail --max-time 1 http://127.0.0.1:18761/health; then
    printf '\nit starts\n'
    exit 0
  fi
  sleep 0.2
done
cat start.log
exit 1
