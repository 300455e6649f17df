#!/usr/bin/env bash
# Learning scenario 1, CPU throttling: limits the backend to 100m of CPU, loads it, and observes that the kernel stops it in
# most of its periods and that everything takes longer. About three minutes; docs/kubernetes/cpu-throttling.md explains it.
#
#   scripts/learn/cpu-throttling.sh [--keep]
#
#   --keep           leaves the limit
#   BASE_URL         the backend; default: where the cluster's NodePort 30000 answers
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#
# Exit code: 0 when all was observed, 1 when something was not, 2 when it could not be tried.

# shellcheck disable=SC2154 # lesson.sh sets what is not set here
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=../lib/lesson.sh
. "$root/scripts/lib/lesson.sh"

undo() { limit_cpu "$limit_before"; }

# The median of five computations, which cost the same CPU each.
computation() { for _ in 1 2 3 4 5; do milliseconds '/api/cpu-intensive?complexity=33'; done | percentile 50; }

# Prints the periods of 100 ms in which the container ran, and those of them in which its quota was used up.
periods() {
  local files='cat /sys/fs/cgroup/cpu.stat 2>/dev/null || cat /sys/fs/cgroup/cpu/cpu.stat'
  in_namespace exec "$(pods_of backend-app | tail -n 1)" -- bash -c "$files" |
    awk '$1 == "nr_periods" { periods = $2 } $1 == "nr_throttled" { throttled = $2 }
      END { print periods, throttled; exit throttled == "" }' || die 'the cgroup of the container has no cpu.stat to read'
}

begin_lesson "$@"
require_one_replica
choose_runner
read_cpu_limit

before="$(computation)" || die "the backend does not compute at $base_url"
say "a computation takes $before ms at a limit of $limit_before"
undo_at_end
limit_cpu 100m
until_true 60 healthy "$base_url" || die "the backend does not answer at $base_url"
after="$(computation)" || die 'the backend computes nothing at a limit of 100m: kubectl get pods -n load-testing'
export BASE_URL="$base_url" EXPECT=none
prepare_control "$BASE_URL"
at_start="$(periods)"
code=0
run with_control "${runner[@]}" load-tests/k6/cpu-stress.js || code=$?
at_end="$(periods)"
ran=$((${at_end% *} - ${at_start% *}))
throttled=$((${at_end#* } - ${at_start#* }))

observe "the same computation takes three times as long or more: $before ms, with the limit $after ms" \
  [ "$after" -ge $((3 * before)) ]
observe "under load the kernel stopped it in half of its periods or more: in $throttled of $ran" \
  [ $((2 * throttled)) -ge "$ran" ]
observe "the load was sent as planned (exit code $code)" [ "$code" -eq 0 ]
