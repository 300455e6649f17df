# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# What the replicas of the backend say of themselves, for figures.awk: for each replica a line `@ name time cpu-limit
# memory-limit`, its /metrics, and the figures of its cgroup. Sourced after cluster.sh.

# Throttled periods and memory as the limit sees it, of cgroups 2 or 1; run by the bash of the image.
# shellcheck disable=SC2016 # expanded in the container
cgroup_figures='cd /sys/fs/cgroup
grep -hs ^nr_ cpu.stat cpu/cpu.stat
for file in memory.current memory/memory.usage_in_bytes; do [ ! -r $file ] || echo "memory_current $(<$file)"; done
grep -hsE "^(total_)?inactive_file" memory.stat memory/memory.stat | tail -n 1
true'
# Without a Node of its own, which would take its CPU from what is measured.
own_metrics='exec 3<>/dev/tcp/127.0.0.1/8000
printf "GET /metrics HTTP/1.0\r\n\r\n" >&3
cat <&3'

# read_figures SYSTEM: of the cluster, of Compose, or of the one address BASE_URL.
read_figures() { "figures_of_$1"; }

# Through the API server, which reaches every pod: the NodePort leads to any one of them.
figures_of_cluster() {
  local folder limits pod
  folder="$(mktemp -d)"
  limits="$(in_namespace get deployment backend-app --output \
    jsonpath='{.spec.template.spec.containers[0].resources.limits.cpu} {.spec.template.spec.containers[0].resources.limits.memory}')"
  for pod in $(pods_of backend-app); do
    figures_of_pod "$pod" "$limits" >"$folder/$pod" 2>/dev/null &
  done
  wait
  cat "$folder"/* 2>/dev/null || true
  rm -r "$folder"
}

figures_of_pod() {
  printf '@ %s %s %s\n' "$1" "$(now)" "$2"
  kubectl get --raw "/api/v1/namespaces/$namespace/pods/$1:8000/proxy/metrics" --request-timeout=5s || true
  in_namespace exec "$1" -- bash -c "$cgroup_figures" || true
}

figures_of_compose() {
  local id
  for id in $(docker compose ps --quiet backend); do
    docker inspect --format "@ {{slice .Name 1}} $(now) {{.HostConfig.NanoCpus}}n {{.HostConfig.Memory}}" "$id"
    within 5 docker exec "$id" bash -c "$own_metrics; $cgroup_figures" 2>/dev/null || true
  done
}

figures_of_address() {
  printf '@ %s %s\n' "$BASE_URL" "$(now)"
  curl --silent --fail --max-time 5 "$BASE_URL/metrics" || true
}

# Seconds, with a fraction where bash knows it (macOS has an old one).
now() { printf '%s' "${EPOCHREALTIME:-$SECONDS}"; }
