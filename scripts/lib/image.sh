# shellcheck shell=bash disable=SC2034,SC2154 # variables go from one sourced file to the other
# The services' images: built by docker, and brought to the cluster's nodes. Sourced after cluster.sh.

# build_image IMAGE FOLDER
build_image() {
  need docker 'https://docs.docker.com/get-docker'
  docker version >/dev/null 2>&1 || die 'Docker is installed, but its engine does not answer: start it (Docker Desktop, or systemctl start docker)'
  [ -f "$2/docker/Dockerfile" ] || die "there is no $2/docker/Dockerfile to build $1 from"
  docker build --tag "$1" --file "$2/docker/Dockerfile" "$2"
}

# load_image IMAGE: as IMAGE_LOADER says (minikube, kind, or a command that is given the image's name), else as the
# cluster needs it.
load_image() {
  local loader="${IMAGE_LOADER:-$(kind_of_cluster)}"
  case "$loader" in
    minikube)
      need minikube 'brew install minikube, or https://minikube.sigs.k8s.io/docs/start'
      minikube --profile "$context" image load "$1"
      ;;
    kind)
      need kind 'brew install kind, or https://kind.sigs.k8s.io'
      kind load docker-image "$1" --name "${context#kind-}"
      ;;
    docker-desktop) ;; # its cluster sees the images of its engine
    local | other)
      die "set IMAGE_LOADER to minikube, kind, or a command that brings the image $1 to the nodes of $context"
      ;;
    *) bash -c "$loader \"\$1\"" image-loader "$1" || die "IMAGE_LOADER failed: $loader $1" ;;
  esac
}

# image_is_there IMAGE: whether a node has it. With Docker as the runtime the name has no registry in front.
image_is_there() {
  kubectl get nodes --output jsonpath='{.items[*].status.images[*].names}' 2>/dev/null | grep "[\"/]$1\"" >/dev/null
}

# provide_image IMAGE FOLDER MANIFESTS: builds and loads it when MANIFESTS use it and no node has it, or `build` is yes.
provide_image() {
  kubectl kustomize "$3" | grep "image: $1\$" >/dev/null || return 0
  if [ "${build:-no}" = no ] && image_is_there "$1"; then return; fi
  build_image "$1" "$2"
  load_image "$1"
}
