#!/usr/bin/env bash
# A loader of images for kind: NAME ROOTFS [-e K=V]... -- COMMAND... ; KIND_CLUSTER names the cluster (default: kind).
set -euo pipefail
name=$1
root=$2
shift 2
changes=()
while [ "$1" != -- ]; do
  changes+=(--change "ENV $2")
  shift 2
done
shift
command=$(printf '"%s",' "$@")
tar -C "$root" -c . | docker import "${changes[@]}" --change "ENTRYPOINT [${command%,}]" - "$name" > /dev/null
kind load docker-image "$name" --name "${KIND_CLUSTER:-kind}"
