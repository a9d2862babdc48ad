#!/usr/bin/env bash
# Unpacks the Javas 21 and 25 of Debian trixie beside this one, for the tests that want them, with the glibc that they need:
# ~/.cache/ambispike/jdk/java-21 and java-25. Installs nothing.
set -euo pipefail

place=$HOME/.cache/ambispike/jdk
platform=$(dpkg-architecture -q DEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
architecture=$(dpkg --print-architecture)
[[ ! -x $place/java-21/bin/java || ! -x $place/java-25/bin/java ]] || exit 0

mkdir -p "$place"/apt/{lists/partial,archives/partial,packages}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] http://deb.debian.org/debian trixie main" >"$place/apt/sources.list"
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$place/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$place/apt/lists" -o "Dir::Cache=$place/apt")
"${apt[@]}" update 2>/dev/null
cd "$place/apt/packages"
rm -f ./*.deb
"${apt[@]}" download openjdk-21-jre-headless openjdk-25-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g patchelf 2>/dev/null
for package in ./*.deb; do
    case $package in
    ./openjdk-21*) dpkg -x "$package" "$place/21" ;;
    ./openjdk-25*) dpkg -x "$package" "$place/25" ;;
    *) dpkg -x "$package" "$place/glibc" ;;
    esac
done
rm -f ./*.deb

libraries=$place/glibc/usr/lib/$platform
linker=$(find "$place/glibc/usr" -name 'ld-linux-*.so.*' | head -n 1)
for release in 21 25; do
    home=$place/$release/usr/lib/jvm/java-$release-openjdk-$architecture
    "$linker" --library-path "$libraries" "$place/glibc/usr/bin/patchelf" --set-interpreter "$linker" --force-rpath \
        --set-rpath "\$ORIGIN/../lib:$libraries" "$home/bin/java"
    # its settings are links into /etc
    find "$home/conf" "$home/lib" -type l -lname '/etc/*' | while read -r link; do
        target=$place/$release$(readlink "$link")
        [[ ! -e $target ]] || ln -sfn "$target" "$link"
    done
    ln -sfn "$home" "$place/java-$release"
    "$place/java-$release/bin/java" -version 2>/dev/null
done
