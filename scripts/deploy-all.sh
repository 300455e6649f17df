#!/usr/bin/env bash
# Deploys everything into the namespace load-testing: the downstream service first, then the backend with PostgreSQL and
# Redis. Run again it changes nothing.
#
#   scripts/deploy-all.sh [--build]
#
# The parameter and the variables are those of scripts/deploy-downstream.sh and scripts/deploy.sh (--help).

set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$root/scripts/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$root/scripts/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/deploy.sh
. "$root/scripts/lib/deploy.sh"

parse_build "$@"
require_cluster
"$root/scripts/deploy-downstream.sh" "$@"
"$root/scripts/deploy.sh" "$@"
