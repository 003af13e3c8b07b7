#!/usr/bin/env bash
# Makes the image localhost/frigate-simulator:1 of the pinned Node.js, the bundled simulator and the built program, and loads
# it with the given loader: LOADER NAME ROOTFS [-e K=V]... -- COMMAND. curl, timeout and stat are this machine's own.
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
cp -r "$project/bin" "$project/dist" "$project/package.json" "$root/app/"
find "$root/app/dist" -name '*.map' -delete
"$loader" localhost/frigate-simulator:1 "$root" -e HOME=/tmp -- /bin/node /app/simulator.mjs
