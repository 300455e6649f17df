# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# What runs the scripts of load-tests/k6. Sourced after common.sh, with `root` set.

# Sets `runner` to a command that takes k6's flags and a script, and says which it is.
choose_runner() {
  if command -v k6 >/dev/null; then
    runner=(k6 run)
    say "load generator: $(k6 version | head -n 1)"
  elif command -v node >/dev/null && [ -f "$root/lab/dist/main.js" ]; then
    runner=(node "$root/lab/bin/lab.mjs" k6 run)
    say 'load generator: npx lab k6 run (k6 is not on PATH)'
  else
    die 'neither k6 nor the lab is installed: run npm ci here (Node 20.19 or later), or install k6.'
  fi
}
