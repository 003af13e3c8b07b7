#!/usr/bin/env bash
# Makes the image localhost/frigate-simulator:1 of the pinned Node.js and the bundled simulator, as an archive that every
# container runtime loads: build.sh ARCHIVE. curl, timeout and stat are this machine's own.
set -euo pipefail
archive=$1
project=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
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

tar -C "$root" --numeric-owner -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
architecture=$(node -p 'process.arch === "x64" ? "amd64" : process.arch')
cat >"$work/config.json" <<JSON
{"architecture":"$architecture","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
 "config":{"Env":["PATH=/bin","HOME=/tmp"],"Entrypoint":["/bin/node","/app/simulator.mjs"]}}
JSON
echo '[{"Config":"config.json","RepoTags":["localhost/frigate-simulator:1"],"Layers":["layer.tar"]}]' >"$work/manifest.json"
tar -C "$work" -cf "$archive" manifest.json config.json layer.tar
