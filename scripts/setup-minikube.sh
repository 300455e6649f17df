#!/usr/bin/env bash
# Starts Minikube, switches metrics-server on, builds both images and loads them. Run again it builds and loads them anew;
# what runs gets them by kubectl rollout restart deployment/backend-app deployment/downstream-service -n load-testing.
#
#   scripts/setup-minikube.sh
#
#   MINIKUBE_PROFILE  name of the cluster; default minikube
#   DOWNSTREAM_DIR    folder of the downstream service; default downstream-slow-service
#   DOWNSTREAM_REPO   is cloned to that folder where it is missing
#
# CPUs, memory and driver are Minikube's own settings, for example: minikube config set memory 4096

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/image.sh
. "$root/scripts/lib/image.sh"

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
  if [ "$(minikube status --format '{{.Host}}' 2>/dev/null)" = Running ]; then
    kubectl config use-context "$profile" >/dev/null
    return
  fi
  # A port is published only when the node is made. With the docker driver nothing else leads to it from macOS and
  # Windows; other drivers pass over the flag.
  if ! minikube profile list --output json 2>/dev/null | grep "\"Name\":\"$profile\"" >/dev/null && port_is_taken 30000; then
    die 'port 30000 of this machine is taken, and the cluster needs it: end what listens there, or delete the other cluster'
  fi
  minikube start --ports=127.0.0.1:30000:30000 || die 'minikube start failed: its reason is above; minikube delete and another try help when a start was broken off'
}

# Whether this machine has a way to NodePorts: a published port, or the node's own address.
reach_node_port() {
  docker port "$profile" 30000 >/dev/null 2>&1 ||
    curl --silent --insecure --output /dev/null --max-time 3 "https://$(minikube ip):8443/livez"
}

case "${1:-}" in -h | --help) print_help && exit 0 ;; esac
need minikube 'brew install minikube, or https://minikube.sigs.k8s.io/docs/start'
need kubectl 'brew install kubectl, or https://kubernetes.io/docs/tasks/tools'
need docker 'https://docs.docker.com/get-docker'
need curl 'apt-get install curl, or https://curl.se/download.html'
profile="${MINIKUBE_PROFILE:-$(minikube profile 2>/dev/null || printf minikube)}"
downstream="${DOWNSTREAM_DIR:-$root/downstream-slow-service}"
if [ ! -e "$downstream" ]; then
  [ -n "${DOWNSTREAM_REPO:-}" ] || die "there is no folder $downstream: set DOWNSTREAM_REPO to the repository to clone, or DOWNSTREAM_DIR"
  need git 'https://git-scm.com/downloads'
  git clone "$DOWNSTREAM_REPO" "$downstream"
fi

start
require_cluster
minikube addons enable metrics-server
IMAGE_LOADER=minikube
for image in backend-app downstream-service; do
  case "$image" in backend-app) folder="$root" ;; *) folder="$downstream" ;; esac
  build_image "$image:local" "$folder"
  load_image "$image:local"
done
reach_node_port || say "Port 30000 of this cluster cannot be reached from this machine: minikube delete, then run this again, and it will be published."
printf 'Minikube is ready. Next: scripts/deploy-all.sh\n'
