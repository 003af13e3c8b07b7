#!/usr/bin/env bash
# Makes the image localhost/frigate-simulator:1 of the pinned Node.js and the bundled simulator, and loads it with the
# given loader: LOADER NAME ROOTFS [-e K=V]... -- COMMAND. busybox stands in for the shell, curl and stat of the real image.
set -euo pipefail
loader=$1
project=$(cd "$(dirname "$0")/../../.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,app,tmp,proc,media/frigate/recordings,lib,lib64}
chmod 1777 "$root/tmp"
node=$(node -p process.execPath)
copy() { # a program and the libraries that it names
  install -D "$1" "$root$2"
  ldd "$1" | grep -oE '/[^ ]+' | while read -r library; do install -D "$library" "$root$library"; done
}
copy "$node" /bin/node
copy "$(command -v curl)" /bin/curl
for program in timeout stat cat sh ls; do copy "$(command -v "$program")" "/bin/$program"; done
cp "$project/dist/frigate-simulator.js" "$root/app/simulator.mjs"
"$loader" localhost/frigate-simulator:1 "$root" -e HOME=/tmp -- /bin/node /app/simulator.mjs
