#!/usr/bin/env bash
# Unpacks Debian's Java 17 for arm64 and what it needs into DEST, and writes DEST/bin/java, which runs it under qemu-user. Nothing
# is installed but qemu-user and the cross compiler, where they are missing. Does nothing when DEST is whole.
# Usage: arm64-java.sh DEST
set -euo pipefail
dest=$(mkdir -p "${1:?usage: arm64-java.sh DEST}" && cd "$1" && pwd)
[[ ! -x $dest/bin/java ]] || exit 0

missing=()
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
command -v aarch64-linux-gnu-g++ >/dev/null || missing+=(g++-aarch64-linux-gnu)
if [[ ${#missing[@]} -gt 0 ]]; then
    as_root=()
    [[ $(id -u) -eq 0 ]] || as_root=(sudo -n)
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
fi

# apt with a state of its own: the machine's knows no arm64
apt=$dest/apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
touch "$apt/state/status"
options=(-q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$apt/state"
    -o "Dir::State::status=$apt/state/status" -o "Dir::Cache=$apt/cache")
apt-get "${options[@]}" update >&2
apt-get "${options[@]}" install -y --no-install-recommends --download-only openjdk-17-jre-headless libgomp1 libstdc++6 >&2
for package in "$apt"/cache/archives/*.deb; do
    dpkg -x "$package" "$dest/root"
done
rm -rf "$apt"

mkdir -p "$dest/bin"
cat >"$dest/bin/java.new" <<EOF
#!/bin/sh
exec qemu-aarch64 -L '$dest/root' '$dest/root/usr/lib/jvm/java-17-openjdk-arm64/bin/java' "\$@"
EOF
chmod +x "$dest/bin/java.new"
mv "$dest/bin/java.new" "$dest/bin/java"
