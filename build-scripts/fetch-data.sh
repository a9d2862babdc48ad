#!/usr/bin/env bash
# Gets a data set and checks it. Usage: fetch-data.sh fashion-mnist|cifar-10 [DEST]
# DEST is the folder that will hold the files; default ${XDG_CACHE_HOME:-~/.cache}/ambispike/, below it fashion-mnist or
# cifar-10-batches-bin. Prints DEST on standard output, progress and errors on standard error. No root needed; safe to
# run twice at once.
set -euo pipefail

readonly PACKAGE=dataset-fashion-mnist
readonly PACKAGE_FOLDER=usr/share/datasets/fashion-mnist
readonly ARCHIVE_FOLDER=cifar-10-batches-bin
readonly ARCHIVE_SUM=c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd

# choose SET: its label, folder, sources, files, and the SHA-256 of their content.
choose() {
  case $1 in
    fashion-mnist)
      label=Fashion-MNIST
      folder=fashion-mnist
      sources=(
        http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
        https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion
      )
      files=(
        train-images-idx3-ubyte.gz
        train-labels-idx1-ubyte.gz
        t10k-images-idx3-ubyte.gz
        t10k-labels-idx1-ubyte.gz
      )
      # Of the inflated content: Debian strips name and date from the gzip headers, so that its .gz files differ from
      # the official ones (MD5 8d4fb7e6… 25c81989… bef4ecab… bb300cfd…) while the content is the same.
      sums=(
        c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888
        bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9
        5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b
        0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34
      )
      ;;
    cifar-10)
      label=CIFAR-10
      folder=$ARCHIVE_FOLDER
      sources=(
        https://www.cs.toronto.edu/~kriz
        https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10
      )
      files=(
        data_batch_1.bin
        data_batch_2.bin
        data_batch_3.bin
        data_batch_4.bin
        data_batch_5.bin
        test_batch.bin
      )
      sums=(
        cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5
        a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed
        bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67
        014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48
        755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add
        8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b
      )
      ;;
    *) return 1 ;;
  esac
}

readonly INFLATED_LIMIT=48000000
readonly DOWNLOAD_LIMIT=180000000
readonly CONNECT_SECONDS=5
readonly TRANSFER_SECONDS=600

say() { echo "fetch-data: $*" >&2; }

fail() {
  say "$1"
  exit "${2:-1}"
}

# content_matches FILE SUM: whether FILE, inflated where it is a .gz, has content with this SHA-256.
content_matches() {
  [[ -f $1 ]] || return 1
  local sum inflate=(cat --)
  [[ $1 != *.gz ]] || inflate=(gzip -dc --)
  sum=$("${inflate[@]}" "$1" 2>/dev/null | head -c "$INFLATED_LIMIT" | sha256sum | cut -c 1-64) || true
  [[ $sum == "$2" ]]
}

# complete FOLDER: whether all files are there and right; the first that is not is left in $wrong.
wrong=
complete() {
  local i
  for i in "${!files[@]}"; do
    wrong=${files[i]}
    content_matches "$1/${files[i]}" "${sums[i]}" || return 1
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

# These fill the folder $stage.
from_web() {
  local file
  if [[ $folder == "$ARCHIVE_FOLDER" ]]; then
    from_archive "$1/cifar-10-binary.tar.gz"
    return
  fi
  for file in "${files[@]}"; do
    download "$1/$file" "$stage/$file" || return 1
  done
}

# Only the members that are wanted are unpacked, and only from an archive that is the published one.
from_archive() {
  local archive=$work/archive.tar.gz sum
  download "$1" "$archive" || return 1
  sum=$(sha256sum <"$archive" | cut -c 1-64)
  if [[ $sum != "$ARCHIVE_SUM" ]]; then
    say "the archive has the wrong SHA-256, not used"
    return 1
  fi
  tar -xzf "$archive" -C "$stage" --strip-components=1 --no-same-owner "${files[@]/#/$ARCHIVE_FOLDER/}" 2>/dev/null
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
  for file in "${files[@]}"; do
    cp -- "$apt/content/$PACKAGE_FOLDER/$file" "$stage/$file" 2>/dev/null || return 1
  done
}

# publish STAGE DEST: the whole folder at once, or, where DEST is there already, file by file.
publish() {
  mv -T -- "$1" "$2" 2>/dev/null && return
  local file
  for file in "${files[@]}"; do
    mv -f -- "$1/$file" "$2/$file"
  done
}

# accept NAME: if the stage is right, makes it DEST and ends the script; else says what is wrong.
accept() {
  if complete "$stage"; then
    publish "$stage" "$dest" || fail "cannot write $dest"
    say "$label from $1"
    echo "$dest"
    exit 0
  fi
  say "$wrong from $1 has the wrong SHA-256, not used"
}

if (($# < 1 || $# > 2)) || ! choose "$1"; then
  fail "usage: fetch-data.sh fashion-mnist|cifar-10 [DEST]" 2
fi
dest=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/ambispike/$folder}
[[ $dest == /* ]] || dest=$PWD/$dest
dest=${dest%/}

if complete "$dest"; then
  say "$label is in place"
  echo "$dest"
  exit 0
fi

parent=$(dirname -- "$dest")
if ! mkdir -p -- "$parent" 2>/dev/null || ! work=$(mktemp -d -- "$parent/.fetch-XXXXXX" 2>/dev/null); then
  fail "cannot write to $parent; give another folder: fetch-data.sh $1 DEST"
fi
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM HUP
stage=$work/stage
mkdir -- "$stage"

for source in "${sources[@]}"; do
  name=${source#*//}
  if from_web "$source"; then
    accept "$name"
  else
    say "not available from $name"
  fi
done
tried="the web"
if [[ $1 == fashion-mnist ]]; then
  tried="the web or from Debian's package $PACKAGE"
  if from_debian; then
    accept "Debian's package $PACKAGE"
  else
    say "not available from Debian's package $PACKAGE"
  fi
fi
fail "could not get $label from $tried; put ${files[*]} into $dest"
