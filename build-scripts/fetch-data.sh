#!/usr/bin/env bash
# Gets a data set and checks it. Usage: fetch-data.sh fashion-mnist [DEST]
# DEST is the folder that will hold the files; default ${XDG_CACHE_HOME:-~/.cache}/ambispike/fashion-mnist.
# Prints DEST on standard output, progress and errors on standard error. No root needed; safe to run twice at once.
set -euo pipefail

readonly PACKAGE=dataset-fashion-mnist
readonly PACKAGE_FOLDER=usr/share/datasets/fashion-mnist
readonly SOURCES=(
  http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
  https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion
)
readonly FILES=(
  train-images-idx3-ubyte.gz
  train-labels-idx1-ubyte.gz
  t10k-images-idx3-ubyte.gz
  t10k-labels-idx1-ubyte.gz
)
# SHA-256 of the inflated content: Debian strips name and date from the gzip headers, so that its .gz files
# differ from the official ones (MD5 8d4fb7e6… 25c81989… bef4ecab… bb300cfd…) while the content is the same.
readonly SUMS=(
  c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888
  bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9
  5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b
  0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34
)
readonly INFLATED_LIMIT=48000000
readonly DOWNLOAD_LIMIT=40000000
readonly CONNECT_SECONDS=5
readonly TRANSFER_SECONDS=600

say() { echo "fetch-data: $*" >&2; }

fail() {
  say "$1"
  exit "${2:-1}"
}

# content_matches FILE SUM: whether the gzip FILE inflates to content with this SHA-256.
content_matches() {
  [[ -f $1 ]] || return 1
  local sum
  sum=$(gzip -dc -- "$1" 2>/dev/null | head -c "$INFLATED_LIMIT" | sha256sum | cut -c 1-64) || true
  [[ $sum == "$2" ]]
}

# complete FOLDER: whether all four files are there and right; the first that is not is left in $wrong.
wrong=
complete() {
  local i
  for i in "${!FILES[@]}"; do
    wrong=${FILES[i]}
    content_matches "$1/${FILES[i]}" "${SUMS[i]}" || return 1
  done
}

download() {
  if command -v curl >/dev/null; then
    curl --fail --location --silent --show-error --connect-timeout "$CONNECT_SECONDS" --max-time "$TRANSFER_SECONDS" \
      --speed-limit 1000 --speed-time 30 --max-filesize "$DOWNLOAD_LIMIT" --output "$2" -- "$1" 2>/dev/null
  elif command -v wget >/dev/null; then
    wget --quiet --tries=1 --connect-timeout="$CONNECT_SECONDS" --dns-timeout="$CONNECT_SECONDS" --read-timeout=30 \
      --output-document="$2" -- "$1"
  else
    return 1
  fi
}

# Both fill the folder $stage.
from_web() {
  local file
  for file in "${FILES[@]}"; do
    download "$1/$file" "$stage/$file" || return 1
  done
}

# The package lists may be missing and not ours to update: then they are read into a state folder of our own.
from_debian() {
  local apt=$work/apt file
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  mkdir -p -- "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/package" "$apt/content" || return 1
  local options=(-qq -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=1
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)
  local own=(-o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache")
  (
    cd "$apt/package" || exit 1
    apt-get "${options[@]}" download "$PACKAGE" || {
      apt-get "${options[@]}" "${own[@]}" update
      apt-get "${options[@]}" "${own[@]}" download "$PACKAGE"
    }
  ) >/dev/null 2>&1 </dev/null || return 1
  dpkg -x "$apt/package/${PACKAGE}"_*.deb "$apt/content" 2>/dev/null || return 1
  for file in "${FILES[@]}"; do
    cp -- "$apt/content/$PACKAGE_FOLDER/$file" "$stage/$file" 2>/dev/null || return 1
  done
}

# publish STAGE DEST: the whole folder at once, or, where DEST is there already, file by file.
publish() {
  mv -T -- "$1" "$2" 2>/dev/null && return
  local file
  for file in "${FILES[@]}"; do
    mv -f -- "$1/$file" "$2/$file"
  done
}

# accept NAME: if the stage is right, makes it DEST and ends the script; else says what is wrong.
accept() {
  if complete "$stage"; then
    publish "$stage" "$dest" || fail "cannot write $dest"
    say "Fashion-MNIST from $1"
    echo "$dest"
    exit 0
  fi
  say "$wrong from $1 has the wrong SHA-256, not used"
}

if (($# < 1 || $# > 2)) || [[ $1 != fashion-mnist ]]; then
  fail "usage: fetch-data.sh fashion-mnist [DEST]" 2
fi
dest=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/ambispike/fashion-mnist}
[[ $dest == /* ]] || dest=$PWD/$dest
dest=${dest%/}

if complete "$dest"; then
  say "Fashion-MNIST is in place"
  echo "$dest"
  exit 0
fi

parent=$(dirname -- "$dest")
if ! mkdir -p -- "$parent" 2>/dev/null || ! work=$(mktemp -d -- "$parent/.fetch-XXXXXX" 2>/dev/null); then
  fail "cannot write to $parent; give another folder: fetch-data.sh fashion-mnist DEST"
fi
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM HUP
stage=$work/stage
mkdir -- "$stage"

for source in "${SOURCES[@]}"; do
  name=${source#*//}
  if from_web "$source"; then
    accept "$name"
  else
    say "not available from $name"
  fi
done
if from_debian; then
  accept "Debian's package $PACKAGE"
else
  say "not available from Debian's package $PACKAGE"
fi
fail "could not get Fashion-MNIST from the web or from Debian's package $PACKAGE; put ${FILES[*]} into $dest"
