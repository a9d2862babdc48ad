#!/usr/bin/env bash
# Reads the machine code of the CUDA kernels and prints, for the hot ones, what bounds them on an H200: instructions of a
# warp for a row at T = 4, bytes, widths of loads and stores, registers, blocks a multiprocessor, and the share of the
# memory's bandwidth that issue and occupancy allow. It is a bound, not a measurement. Fails where a kernel takes more
# instructions than its floor below, stores a thread's channels of a step with more than one instruction, or leaves room
# for fewer than two blocks.
#
# Needs the kernels (build-scripts/build-cuda.sh, with nvcc) and cuobjdump: from PATH, CUDA_HOME, or AMBISPIKE_CUOBJDUMP.
# Without them it says so in a line and ends with 3.
#
# Usage: build-scripts/gpu-code.sh [--markdown]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="$root/java/target/cuda"
architecture=sm_90
markdown=0
[ "${1:-}" != --markdown ] || markdown=1

say() { printf 'gpu-code: %s\n' "$1" >&2; }

cuobjdump="${AMBISPIKE_CUOBJDUMP:-}"
for candidate in ${CUDA_HOME:+"$CUDA_HOME/bin/cuobjdump"} cuobjdump /usr/local/cuda/bin/cuobjdump; do
    [ -n "$cuobjdump" ] || ! command -v "$candidate" >/dev/null 2>&1 || cuobjdump="$candidate"
done
if [ -z "$cuobjdump" ] || [ ! -f "$out/libambispike_cuda.so" ] || [ ! -f "$out/registers.txt" ]; then
    say "not checked: it needs the CUDA kernels (nvcc) and cuobjdump"
    exit 3
fi

# kernel, bytes of a warp for a row at T = 4, bytes of them that are read, floor of instructions
hot() {
    local neuron model
    for neuron in pair:0 single:1 integrate-and-fire:2 memory:3; do
        model="${neuron#*:}"
        local f32 bf16 sum bytes int8 backward
        case "$model" in
            0) f32=380 bf16=430 sum=500 bytes=510 int8=450 backward=700 ;;
            1) f32=350 bf16=380 sum=460 bytes=480 int8=420 backward=660 ;;
            2) f32=280 bf16=310 sum=400 bytes=350 int8=360 backward=520 ;;
            3) f32=600 bf16=620 sum=820 bytes=690 int8=670 backward=1050 ;;
        esac
        printf '%s\t%s\t%d\t%d\t%d\n' \
            "${neuron%:*}, forward f32" "spike_forward_kernel<StoredDrive<float>, float, $model, false, false, false, false, 4>" 4096 2048 $f32 \
            "${neuron%:*}, forward bf16" "spike_forward_kernel<StoredDrive<Bf16>, Bf16, $model, false, false, false, false, 4>" 2048 1024 $bf16 \
            "${neuron%:*}, forward bf16, sum" "spike_forward_kernel<StoredDrive<Bf16>, Bf16, $model, false, false, false, true, 4>" 3072 2048 $sum \
            "${neuron%:*}, forward bf16 to bytes" "spike_forward_kernel<StoredDrive<Bf16>, SpikeByte, $model, false, false, false, false, 4>" 1536 1024 $bytes \
            "${neuron%:*}, forward int8" "spike_forward_kernel<StoredDrive<float>, Level, $model, false, false, false, false, 4>" 2560 2048 $int8 \
            "${neuron%:*}, backward f32" "spike_backward_kernel<$model, false, false, 4, 2>" 3072 2048 $backward
    done
    printf '%s\t%s\t%d\t%d\t%d\n' \
        "average pool of bytes, 2x2" "pool_bytes_kernel<8>" 1536 1024 340 \
        "batch normalisation" "forward_kernel<4>" 1024 512 40 \
        "batch normalisation, backward" "backward_kernel<4>" 1536 1024 48
}

# Of each function: its name and the instructions, loads and stores of its longest loop that stores, which is a row.
loops() {
    "$cuobjdump" -sass -arch "$architecture" "$out/libambispike_cuda.so" | c++filt | awk '
        function finish(   i, best, from, to, text, stores, loads, width) {
            best = -1
            for (i = 1; i <= branches; i++) {
                if (size[i] > best && has_store(first[i], last[i])) { best = size[i]; from = first[i]; to = last[i] }
            }
            if (best < 0) { return }
            stores = loads = ""
            for (i = from; i <= to; i++) {
                if (code[i] ~ /STG/) { width = wide(code[i], "STG"); if (index(stores, width) == 0) { stores = stores width " " } }
                if (code[i] ~ /LDG/) { width = wide(code[i], "LDG"); if (index(loads, width) == 0) { loads = loads width " " } }
            }
            printf "%s\t%d\t%s\t%s\n", kernel, best, loads, stores
        }
        function has_store(from, to,   i) { for (i = from; i <= to; i++) { if (code[i] ~ /STG/) { return 1 } } return 0 }
        function wide(text, operation,   part) {
            match(text, operation "[.A-Z0-9]*"); part = substr(text, RSTART, RLENGTH)
            return part ~ /\.128/ ? 16 : part ~ /\.64/ ? 8 : part ~ /U8|S8/ ? 1 : part ~ /U16|S16/ ? 2 : 4
        }
        /Function : / {
            if (count) { finish() }
            kernel = $0; sub(/.*Function : /, "", kernel)
            gsub(/void |ambispike::|\(anonymous namespace\)::|\((int|bool|ambispike::Membrane|Membrane|ambispike::Activation)\)/, "", kernel)
            sub(/\(.*$/, "", kernel)
            count = branches = 0
            delete place
        }
        /^[ \t]*\/\*[0-9a-f]+\*\/ / {
            address = $1; gsub(/[^0-9a-f]/, "", address)
            count++; code[count] = $0; place[address] = count
            if (match($0, /BRA [^;]*0x[0-9a-f]+/)) {
                target = substr($0, RSTART, RLENGTH); sub(/.*0x/, "", target)
                while (length(target) < length(address)) { target = "0" target }
                if (target in place) { branches++; first[branches] = place[target]; last[branches] = count; size[branches] = count - place[target] + 1 }
            }
        }
        END { if (count) { finish() } }'
}

# 132 multiprocessors of four schedulers at 1.755 GHz; 4.3 TB/s; 65,536 registers and 2,048 threads each; 600 ns to memory.
awk -F '\t' -v architecture="$architecture" -v markdown="$markdown" '
    FILENAME == ARGV[1] { if ($2 == architecture) { registers[$1] = $3 } next }
    FILENAME == ARGV[2] { if (!($1 in rows)) { rows[$1] = $2; loads[$1] = $3; stores[$1] = $4 } next }
    FNR == 1 {
        format = markdown ? "| %s | %s | %s | %s | %s | %s | %s | %s |\n" : "%-36s %12s %6s %10s %10s %9s %6s %s\n"
        printf format, "kernel", "instructions", "bytes", "loads", "stores", "registers", "blocks", "bound, share of copy"
        if (markdown) { print "|---|---|---|---|---|---|---|---|" }
    }
    {
        kernel = $2
        if (!(kernel in rows) || !(kernel in registers)) { printf "gpu-code: there is no kernel %s\n", kernel > "/dev/stderr"; bad = 1; next }
        granules = int((registers[kernel] + 7) / 8) * 8 * 256
        blocks = int(65536 / granules); blocks = blocks > 8 ? 8 : blocks
        issue = $3 / rows[kernel] * 4 * 132 * 1.755 / 4300
        flight = blocks * 8 * $4 * 132 / (4300 * 600 * $4 / $3)
        bound = issue < flight ? issue : flight
        split(stores[kernel], widths, " ")
        printf format, $1, rows[kernel], $3, loads[kernel], stores[kernel], registers[kernel], blocks, sprintf("%.0f%%", 100 * (bound > 1 ? 1 : bound))
        if (rows[kernel] > $5) { printf "gpu-code: %s takes %d instructions, more than %d\n", $1, rows[kernel], $5 > "/dev/stderr"; bad = 1 }
        if (blocks < 2) { printf "gpu-code: %s leaves room for one block\n", $1 > "/dev/stderr"; bad = 1 }
        wanted = kernel ~ /SpikeByte, |Level, / ? 4 : kernel ~ /, Bf16, |, 2>$/ ? 8 : 16
        narrow = 0
        for (i in widths) { narrow = narrow || widths[i] < wanted }
        if (narrow) { printf "gpu-code: %s stores in %s bytes, expected %d at once\n", $1, stores[kernel], wanted > "/dev/stderr"; bad = 1 }
    }
    END { exit bad }' "$out/registers.txt" <(loops) <(hot)
