#!/usr/bin/env bash
# Runs a spiking network here and in the peers in turns, and prints how they compare; see usage below.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
home=$(cd "$here/../.." && pwd)

usage() {
    cat <<'TEXT'
Usage: bench/peers/run.sh MODEL [options]

Runs the spiking network MODEL in Ambispike, in PyTorch and in SpikingJelly, one after another in each round, checks that
their logits are the same, and prints images/s and ratios as a Markdown table. The peers have their best settings: malloc
keeps its pages (fresh ones cost them more than arithmetic does), and of plain, channels_last and torch.compile the fastest
is taken for each case. Then the ANN here and in ONNX Runtime, and a step of training through time here and in SpikingJelly
(Net4, images/s).

  --T N[,N...]             numbers of time steps. Default: 4,8
  --batch N[,N...]         images of one call. Default: 1,128
  --threads N              of each of them. Default: all cores
  --precision P[,P...]     of Ambispike; the peers compute in f32. Default: f32
  --rounds N               Default: 5
  --seconds S              timed calls of each case in each round. Default: 2
  --data PLACE             test images, as for ambispike evaluate
  --ann FILE               the ANN for ONNX Runtime. Default: model.safetensors beside MODEL
  --steps N                timed steps of training, batch 128; 0 for none. Default: 10
  --out DIR                folder for the JSON files. Default: a new one

Environment:
  AMBISPIKE_PEERS_PYTHON   the Python that has PyTorch and SpikingJelly. Default: python3

Exit codes: 0 done, 1 a peer computes another network or failed, 2 bad input, 3 a peer is not installed.
MODEL may have pair neurons (SpikingJelly then runs two IFNodes for each) or plain ones (ambispike convert --neuron if).
Run on a machine that does nothing else.
TEXT
}

fail() {
    printf 'bench/peers/run.sh: %s; see bench/peers/run.sh --help\n' "$1" >&2
    exit 2
}

case ${1:-} in
    -h | --help)
        usage
        exit 0
        ;;
    '' | -*) fail "name a model first" ;;
esac
model=$1
shift
[[ -f $model ]] || fail "no such file: $model"

steps=4,8 batch=1,128 threads=$(nproc) precisions=f32 rounds=5 seconds=2 data=() out= ann= training=10
while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 ]] || fail "$1 needs a value"
    case $1 in
        --T) steps=$2 ;;
        --batch) batch=$2 ;;
        --threads) threads=$2 ;;
        --precision) precisions=$2 ;;
        --rounds) rounds=$2 ;;
        --seconds) seconds=$2 ;;
        --data) data=(--data "$2") ;;
        --ann) ann=$2 ;;
        --steps) training=$2 ;;
        --out) out=$2 ;;
        *) fail "unknown option $1" ;;
    esac
    shift 2
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds must be at least 1, got $rounds"
[[ -n $out ]] || out=$(mktemp -d)
mkdir -p "$out/rounds"
rm -f "$out"/rounds/*.json "$out"/*-choice.json "$out"/bptt.csv
export OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=$threads PYTHONDONTWRITEBYTECODE=1
python=${AMBISPIKE_PEERS_PYTHON:-python3}
# An ANN that rounds its values, as optimized.safetensors may, has no ONNX.
[[ -n $ann ]] || ann=$(dirname "$model")/model.safetensors
reference=()
[[ ! -f $ann ]] || reference=(--ann "$ann")

# Of Python alone.
peer() { # file, arguments
    MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483648 MALLOC_TOP_PAD_=268435456 "$python" "$here/$1" "${@:2}"
}

status=0
peers=()
for peer in pytorch:torch:torch spikingjelly:spikingjelly:'torch spikingjelly'; do
    IFS=: read -r name module packages <<<"$peer"
    if "$python" -c "import $module" 2>/dev/null; then
        peers+=("$name")
    else
        printf '%s is not installed for %s; get it with: %s -m pip install %s\n' "$name" "$python" "$python" "$packages" >&2
        status=3
    fi
done

ours() { # precision, file, further options
    local scratch=$out/ambispike
    "$home/ambispike" bench latency "$model" --T "$steps" --batch "$batch" --threads "$threads" --precision "$1" \
        --seconds "$seconds" --exit none --quiet --out "$scratch" "${data[@]}" "${reference[@]}" "${@:3}" >/dev/null
    mv "$scratch/latency.json" "$2"
}

IFS=, read -ra each <<<"$precisions"
logits=$out/logits.safetensors
# the logits to compare with are those of f32
ours f32 "$out/first.json" --repeats 1 --logits "$logits"
for ((round = 1; round <= rounds; round++)); do
    printf 'round %s of %s\n' "$round" "$rounds" >&2
    for precision in "${each[@]}"; do
        ours "$precision" "$out/rounds/ambispike_$precision-$round.json"
    done
    for name in "${peers[@]}"; do
        # the file is the same in every round: once is enough
        check=()
        [[ $round -gt 1 ]] || check=(--check)
        peer "peer_$name.py" "$model" "$logits" --T "$steps" --batch "$batch" --threads "$threads" --seconds "$seconds" \
            --choice "$out/$name-choice.json" "${check[@]}" >"$out/rounds/$name-$round.json" || status=1
    done
    if [[ -f $ann ]] && "$python" -c 'import onnxruntime' 2>/dev/null; then
        [[ -f $out/ann.onnx ]] || "$home/ambispike" export "$ann" --format onnx --out "$out/ann.onnx" >/dev/null
        peer peer_onnxruntime.py "$out/ann.onnx" "$logits" --batch "$batch" --threads "$threads" --seconds "$seconds" \
            "${check[@]}" >"$out/rounds/onnxruntime-$round.json" || status=1
    fi
done
if [[ $training -gt 0 && " ${peers[*]} " == *" spikingjelly "* ]]; then
    printf 'training through time\n' >&2
    "$home/bench/run.sh" bptt --T "$steps" --threads "$threads" --steps "$training" >"$out/bptt.csv" || status=1
    peer bptt_spikingjelly.py --T "$steps" --threads "$threads" --steps "$training" >>"$out/bptt.csv" || status=1
fi
python3 "$here/ratio.py" "$out/rounds"
[[ ! -s $out/bptt.csv ]] || { printf '\nA step of training through time: tool, T, batch, images/s\n\n' && cat "$out/bptt.csv"; }
printf 'the JSON files are in %s\n' "$out" >&2
exit "$status"
