#!/usr/bin/env bash
# Deploys the downstream service into the namespace load-testing, and waits until it is ready. Run again it changes
# nothing.
#
#   scripts/deploy-downstream.sh [--build]
#
#   --build             builds its image also when the cluster's nodes have one, and restarts it
#   DOWNSTREAM_DIR      folder of the service; default downstream-slow-service
#   DOWNSTREAM_OVERLAY  kustomization to apply; default k8s in that folder
#   IMAGE_LOADER        minikube, kind, or a command that is given the image's name; default by the cluster
#   CONFIRM_CONTEXT     name of the context, where it is not a cluster of this machine and nobody can be asked
#   ROLLOUT_TIMEOUT     seconds to wait; default 240

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/image.sh
. "$root/scripts/lib/image.sh"
# shellcheck source-path=SCRIPTDIR source=lib/deploy.sh
. "$root/scripts/lib/deploy.sh"

parse_build "$@"
downstream="${DOWNSTREAM_DIR:-$root/downstream-slow-service}"
manifests="${DOWNSTREAM_OVERLAY:-$downstream/k8s}"
[ -d "$manifests" ] || die "there is no folder $manifests: set DOWNSTREAM_DIR, or let scripts/setup-minikube.sh clone DOWNSTREAM_REPO"
require_cluster
deploy downstream-service "$downstream" "$manifests" deployment/downstream-service
