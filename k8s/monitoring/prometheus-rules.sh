#!/usr/bin/env bash
# Prints the rules of observability/prometheus/rules as objects of the Prometheus operator:
#
#   k8s/monitoring/prometheus-rules.sh | kubectl apply -f -

set -euo pipefail
rules="$(cd "$(dirname "$0")/../../observability/prometheus/rules" && pwd)"

for file in "$rules"/*.yml; do
  cat <<EOF
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: $(basename "$file" .yml)
  namespace: load-testing
  labels:
    app.kubernetes.io/part-of: backend-load-testing
    release: kube-prometheus-stack
spec:
EOF
  sed 's/^./  &/' "$file"
done
