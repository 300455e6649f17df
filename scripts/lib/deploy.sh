# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# Manifests to a cluster, and what to do when they do not come up. Sourced after address.sh and cluster.sh.

# Sets `build` by the parameter --build, the only one that scripts with an image know.
parse_build() {
  build=no
  case "${1:-}" in
    -h | --help) print_help && exit 0 ;;
    --build) build=yes ;;
    '') ;;
    *) die "unknown parameter $1 (--help)" ;;
  esac
}

# Sets OVERLAY, unless it is set: that of the database which is there, else by the cluster's storage.
choose_overlay() {
  [ -z "${OVERLAY:-}" ] || return 0
  OVERLAY="$root/k8s/overlays/minikube"
  if in_namespace get statefulset postgres >/dev/null 2>&1; then
    [ -n "$(in_namespace get statefulset postgres --output jsonpath='{.spec.volumeClaimTemplates}')" ] ||
      OVERLAY="$root/k8s/overlays/no-storage"
  elif [ -z "$(default_storage_class)" ]; then
    say 'The cluster has no default StorageClass: the database loses its data with its pod (k8s/overlays/no-storage).'
    OVERLAY="$root/k8s/overlays/no-storage"
  fi
}

default_storage_class() {
  kubectl get storageclass --output \
    jsonpath='{.items[?(@.metadata.annotations.storageclass\.kubernetes\.io/is-default-class=="true")].metadata.name}'
}

# apply_folder FOLDER: a kustomization. Compared first, because apply calls a PodDisruptionBudget configured each time.
apply_folder() {
  local answer
  if kubectl diff --kustomize "$1" >/dev/null 2>&1; then
    printf '%s: unchanged\n' "${1#"$root/"}"
    return
  fi
  if answer="$(kubectl apply --kustomize "$1" 2>&1)"; then
    printf '%s\n' "$answer"
    return
  fi
  say "$answer"
  case "$answer" in
    *'provided port is already allocated'*)
      die "NodePort 30000 is taken by the service $(owner_of_node_port): delete that service, or take another nodePort in an overlay of yours (k8s/README.md)"
      ;;
    *'updates to statefulset spec'*)
      die 'a StatefulSet cannot be given or relieved of its volume: scripts/cleanup.sh first (its data go), or set OVERLAY to the one it was made with'
      ;;
    *'is being terminated'*) die "the namespace $namespace is still being deleted: try again in a minute" ;;
    *) die "kubectl apply --kustomize $1 failed" ;;
  esac
}

owner_of_node_port() {
  kubectl get services --all-namespaces --output \
    jsonpath='{range .items[*]}{.spec.ports[*].nodePort} {.metadata.namespace}/{.metadata.name}{"\n"}{end}' 2>/dev/null |
    awk '{ for (i = 1; i < NF; i++) if ($i == 30000) { print $NF; exit } }'
}

# wait_for WORKLOAD…: until each is rolled out. An image that three looks in a row, ten seconds apart, find missing is not
# waited for any longer.
wait_for() {
  local workload seconds="${ROLLOUT_TIMEOUT:-240}" started missing
  for workload; do
    started=$SECONDS missing=0
    until in_namespace rollout status "$workload" --timeout=10s; do
      if lacks_image; then missing=$((missing + 1)); else missing=0; fi
      if [ "$missing" -lt 3 ] && [ $((SECONDS - started)) -lt "$seconds" ]; then continue; fi
      explain_pods
      die "$workload was not ready within $((SECONDS - started)) s (ROLLOUT_TIMEOUT is $seconds); docs/troubleshooting.md"
    done
  done
}

# Prints each container that waits, one a line: its image, a space, and the reason.
waiting_containers() {
  in_namespace get pods --output \
    jsonpath='{range .items[*].status.containerStatuses[?(@.state.waiting)]}{.image} {.state.waiting.reason}{"\n"}{end}'
}

lacks_image() { waiting_containers | grep -E ' (ImagePullBackOff|ErrImagePull|ErrImageNeverPull)$' >/dev/null; }

# Says what the pods wait for, and what helps.
explain_pods() {
  in_namespace get pods >&2 || true
  local image reason conditions
  while read -r image reason; do
    case "$image $reason" in
      *:local\ *Image*) say "The image $image is not on the nodes: scripts/setup-minikube.sh, or scripts/deploy.sh --build and scripts/deploy-downstream.sh --build." ;;
      *Image*) say "The nodes cannot pull $image: docker pull $image, and bring it to them (minikube image load $image, or what your cluster needs)." ;;
      *CrashLoopBackOff) say "A container of $image ends again and again: kubectl logs <pod-name> -n $namespace --previous" ;;
    esac
  done < <(waiting_containers | sort -u)
  conditions="$(in_namespace get pods --output jsonpath='{.items[*].status.conditions[*].reason}')"
  case "$conditions" in
    *Unschedulable*) say "No node has room, or the volume cannot be made: kubectl describe pod <pod-name> -n $namespace" ;;
  esac
}

# Says where the backend answers, or how to reach it. A new endpoint may need a second.
report_address() {
  local url
  if until_true "${HEALTH_TIMEOUT:-15}" cluster_url >/dev/null && url="$(cluster_url)"; then
    printf 'The backend answers: curl %s/health\n' "$url"
  else
    say "The backend runs, but NodePort 30000 cannot be reached from here. What leads to one of its pods:"
    say "  kubectl port-forward service/backend-service 30000:8000 -n $namespace"
  fi
}

# deploy APP FOLDER MANIFESTS WORKLOAD…: its image, its manifests, and its pods, in the end those of a newly built image.
deploy() {
  local app="$1" folder="$2" manifests="$3" ran=no
  ! in_namespace get deployment "$app" >/dev/null 2>&1 || ran=yes
  provide_image "$app:local" "$folder" "$manifests"
  apply_folder "$manifests"
  if [ "$build" = yes ] && [ "$ran" = yes ]; then in_namespace rollout restart "deployment/$app"; fi
  wait_for "${@:4}"
}
