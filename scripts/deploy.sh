#!/usr/bin/env bash
# Deploys the backend with PostgreSQL and Redis into the namespace load-testing, waits until it is ready, and says where it
# answers. Run again it changes nothing. The downstream service comes first: scripts/deploy-downstream.sh.
#
#   scripts/deploy.sh [--build]
#
#   --build          builds the backend's image also when the cluster's nodes have one, and restarts it
#   OVERLAY          kustomization to apply; default k8s/overlays/minikube, without a default StorageClass no-storage
#   IMAGE_LOADER     minikube, kind, or a command that is given the image's name; default by the cluster
#   CONFIRM_CONTEXT  name of the context, where it is not a cluster of this machine and nobody can be asked
#   ROLLOUT_TIMEOUT  seconds to wait for each workload; default 240
#   HEALTH_TIMEOUT   seconds to wait for an answer at NodePort 30000 then; default 15

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/address.sh
. "$root/scripts/lib/address.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/image.sh
. "$root/scripts/lib/image.sh"
# shellcheck source-path=SCRIPTDIR source=lib/deploy.sh
. "$root/scripts/lib/deploy.sh"

parse_build "$@"
require_cluster
in_namespace get deployment downstream-service >/dev/null 2>&1 ||
  say 'The downstream service is not deployed: routes that call it will fail until scripts/deploy-downstream.sh has run.'
choose_overlay
deploy backend-app "$root" "$OVERLAY" statefulset/postgres deployment/redis deployment/backend-app
has_metrics_server || say "The cluster has no metrics-server, so kubectl top and the autoscaler have no figures: $metrics_server_hint"
report_address
