# The difference of two readings of figures.sh: a line for each replica, and the key metrics beside their targets.
#   awk -f figures.awk before after
# As in the recording rules: /api/ alone counts, and an error is 5xx or a client that left (499).

FNR == 1 { reading++ }
/^@ / {
  replica = $2
  seconds = reading == 2 && (replica in since) ? $3 - since[replica] : 0
  since[replica] = $3
  if (reading == 1) next
  replicas[++count] = replica
  elapsed[replica] = seconds
  cpu_limit[replica] = amount($4)
  memory_limit[replica] = amount($5)
  next
}
/^#/ || NF < 2 { next }
{
  value = $NF
  key = replica SUBSEP $1
  if (reading == 1) {
    before[key] = value
    next
  }
  # A counter that is smaller than before began again with its process.
  change = (key in before) && value >= before[key] ? value - before[key] : value
  name = $1
  sub(/[{].*/, "", name)
  if ($1 ~ /^db_client_connection_count.*="used"/) name = "used"
  now[replica, name] = value
  grown[replica, name] += change
  if (elapsed[replica] > 0 && $1 ~ /http_route="\/api\//) add_requests(name, $1, change)
}

function add_requests(name, key, change) {
  if (name == "http_server_request_duration_seconds_count") {
    requests[replica] += change
    all += change
    if (key ~ /http_response_status_code="(499|5..)"/) errors += change
  }
  if (name == "http_server_request_duration_seconds_bucket" && match(key, /le="[^"]*"/))
    bucket[substr(key, RSTART + 4, RLENGTH - 5)] += change
}

# 500m, 512Mi, 1000000000n, 0.5; 0 where there is no limit.
function amount(text) {
  if (text ~ /n$/) return text * 1e-9
  if (text ~ /m$/) return text * 1e-3
  if (text ~ /Ki$/) return text * 1024
  if (text ~ /Mi$/) return text * 1048576
  if (text ~ /Gi$/) return text * 1073741824
  return text + 0
}

# Within a bucket values are taken as spread evenly, as histogram_quantile() does.
function quantile(share, bound, bounds, i, j, kept, wanted, lower, below) {
  for (bound in bucket) if (bound != "+Inf") bounds[++bounds[0]] = bound + 0
  for (i = 2; i <= bounds[0]; i++)
    for (j = i; j > 1 && bounds[j - 1] > bounds[j]; j--) {
      kept = bounds[j]
      bounds[j] = bounds[j - 1]
      bounds[j - 1] = kept
    }
  wanted = share * all
  for (i = 1; i <= bounds[0]; i++) {
    if (count_at(bounds[i]) >= wanted)
      return lower + (bounds[i] - lower) * (wanted - below) / (count_at(bounds[i]) - below)
    lower = bounds[i]
    below = count_at(bounds[i])
  }
  return lower
}

function count_at(bound, text) {
  for (text in bucket) if (text != "+Inf" && text + 0 == bound) return bucket[text]
  return 0
}

function percent(part, whole) { return part != "-" && whole > 0 ? sprintf("%.0f %%", 100 * part / whole) : "-" }

function key_metric(title, value, unit, sign, bound, verdict, said) {
  verdict = value == "-" ? "" : (sign == ">" ? value > bound : value < bound) ? "ok" : "MISSED"
  said = value == "-" ? "-" : sprintf(unit == "%" ? "%.2f" : "%.1f", value) " " unit
  printf "%-15s %12s   %-11s %s\n", title, said, sign " " bound " " unit, verdict
}

END {
  row = "%-36s %7s %7s %9s %7s %11s %6s %9s %9s %8s\n"
  if (count) printf row, "REPLICA", "CPU", "LIMIT", "MEMORY", "LIMIT", "THROTTLED", "LOOP", "REQUESTS", "POOL", "WAITING"
  for (i = 1; i <= count; i++) {
    replica = replicas[i]
    if (!((replica, "process_cpu_seconds_total") in now)) {
      printf "%-36s says nothing on /metrics\n", replica
      continue
    }
    memory = now[replica, "process_resident_memory_bytes"]
    if ((replica, "memory_current") in now)
      memory = now[replica, "memory_current"] - now[replica, "inactive_file"] - now[replica, "total_inactive_file"]
    memory_share = memory_limit[replica] > 0 ? 100 * memory / memory_limit[replica] : "-"
    if (memory_share != "-" && (memory_most == "" || memory_share > memory_most)) memory_most = memory_share
    seconds = elapsed[replica]
    cores = seconds > 0 ? grown[replica, "process_cpu_seconds_total"] / seconds : "-"
    if (cores != "-" && cpu_limit[replica] > 0) {
      share = 100 * cores / cpu_limit[replica]
      if (cpu_most == "" || share > cpu_most) cpu_most = share
    }
    periods = grown[replica, "nr_periods"]
    throttled = periods > 0 && seconds > 0 ? grown[replica, "nr_throttled"] " of " periods : "-"
    served = seconds > 0 ? sprintf("%.1f/s", requests[replica] / seconds) : "-"
    if (seconds > 0) {
      rate += requests[replica] / seconds
      compared++
    }
    printf row, replica, (cores == "-" ? "-" : sprintf("%.2f", cores)), percent(cores, cpu_limit[replica]),
      sprintf("%.0f MB", memory / 1e6), percent(memory, memory_limit[replica]), throttled,
      percent(now[replica, "nodejs_eventloop_utilization_ratio"], 1), served,
      now[replica, "used"] + 0 " of " now[replica, "db_client_connection_max"] + 0,
      now[replica, "db_client_connection_pending_requests"] + 0
  }
  if (!count) print "no replica of the backend runs"
  printf "\n%-15s %12s   %s\n", "KEY METRIC", "NOW", "TARGET"
  key_metric("request rate", compared ? rate : "-", "/s", ">", 100)
  key_metric("latency p95", all > 0 ? 1000 * quantile(0.95) : "-", "ms", "<", 500)
  key_metric("latency p99", all > 0 ? 1000 * quantile(0.99) : "-", "ms", "<", 1000)
  key_metric("error rate", all > 0 ? 100 * errors / all : "-", "%", "<", 0.1)
  key_metric("CPU of limit", cpu_most == "" ? "-" : cpu_most, "%", "<", 80)
  key_metric("memory of limit", memory_most == "" ? "-" : memory_most, "%", "<", 80)
}
