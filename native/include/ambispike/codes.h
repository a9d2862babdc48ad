// Codes that cross the C ABIs of the CPU and of the CUDA kernels.
#ifndef AMBISPIKE_CODES_H
#define AMBISPIKE_CODES_H

#define AMBI_OK 0
#define AMBI_EARGUMENT 1

// The most time steps that the spike kernels take.
#define AMBI_MAX_STEPS 1024

// Bits of `mode` in the spike kernels.
#define AMBI_MODEL_PAIR 0    // two membranes, both fed the full drive (eq. 19-20, repaired)
#define AMBI_MODEL_SINGLE 1  // one membrane that fires both ways (eq. 11-14)
#define AMBI_MODEL_IF 2      // one membrane, positive spikes only (eq. 1-3)
#define AMBI_MODEL_MEMORY 3  // one membrane and the balance of its spikes, which later ones may take back; no quanta
#define AMBI_MODEL_GRADED 4  // as memory, by the value of what it emitted: spikes of each step have a gain of their own
#define AMBI_MODEL_MASK 7
#define AMBI_DRIVE_CONSTANT 8  // the drive is [1, R, C] and the same at every step
#define AMBI_SMOOTH 16         // emit the surrogate's primitive (eq. 32) in place of the step: gradient checks
#define AMBI_CARRY_IN 32       // membranes start from `carry` rather than from the initial potentials
#define AMBI_QUANTA_SHIFT 8  // from here on: how many quanta more than one a spike may have, up to AMBI_MAX_QUANTA - 1
#define AMBI_MAX_QUANTA 255
#define AMBI_GAINS_SHIFT \
    8  // of graded neurons instead: for how many steps there are gains and biases, up to AMBI_MAX_GAINS
#define AMBI_MAX_GAINS 8
#define AMBI_FIRST_SHIFT 12  // and which of them is that of the first step here, up to AMBI_MAX_GAINS

// The byte that stands for no spike where spikes are stored as bytes; and the largest window that is summed over them.
#define AMBI_INT8_ZERO 128
#define AMBI_INT8_MAX_WINDOW 15

// What the max pool kernels read of a pool, in host memory: windows of KERNEL places every STRIDE, of which the first
// begins TOP and LEFT before the map. Extents of the result are given: the last windows may reach over the edge, but
// each must hold a place of the map.
#define AMBI_POOL_HEIGHT 0
#define AMBI_POOL_WIDTH 1
#define AMBI_POOL_CHANNELS 2
#define AMBI_POOL_OUT_HEIGHT 3
#define AMBI_POOL_OUT_WIDTH 4
#define AMBI_POOL_KERNEL_HEIGHT 5
#define AMBI_POOL_KERNEL_WIDTH 6
#define AMBI_POOL_STRIDE_HEIGHT 7
#define AMBI_POOL_STRIDE_WIDTH 8
#define AMBI_POOL_TOP 9
#define AMBI_POOL_LEFT 10
#define AMBI_POOL_NUMBERS 11
#define AMBI_POOL_MOST_PLACES 256  // of a window: its places are numbered in bytes

// What copy_blocks reads of a copy, in host memory: how many blocks there are along each of three extents, and how
// many bytes it is from one to the next in the source and in the target; the bytes of a block, and where the first
// lies.
#define AMBI_COPY_COUNT 0  // [3]
#define AMBI_COPY_FROM 3   // [3]
#define AMBI_COPY_TO 6     // [3]
#define AMBI_COPY_BLOCK 9
#define AMBI_COPY_FROM_FIRST 10
#define AMBI_COPY_TO_FIRST 11
#define AMBI_COPY_NUMBERS 12

// What the kernels that resample read of each axis (rows, columns, channels), in host memory.
#define AMBI_AXIS_EXTENT 0  // places of the source
#define AMBI_AXIS_PLACES 1  // places of the result
#define AMBI_AXIS_READS 2   // of all places together; -1 for an axis that stays as it is
#define AMBI_AXIS_NUMBERS 3

// Values of `kind` in the activation kernels.
#define AMBI_ACTIVATION_LEAKY 0      // f(x), eq. 10
#define AMBI_ACTIVATION_CLIPPED 1    // clip(f(x), -thetaN, +thetaP), eq. 24
#define AMBI_ACTIVATION_QUANTISED 2  // f(x) rounded to `levels` steps of thetaP/levels or thetaN/levels, and clipped

// Values of `kind` in rate_loss.
#define AMBI_RATE_MSE 0  // sum (r - a)^2 / sum a^2
#define AMBI_RATE_KL 1   // generalised KL by polarity, eq. 33 made whole

// Doubles that the updates of parameters read where they run: what the host planned of a step,
#define AMBI_SCHEDULE_RATE 0         // factor on the learning rate
#define AMBI_SCHEDULE_CORRECTION1 1  // 1 - beta1^step
#define AMBI_SCHEDULE_CORRECTION2 2  // 1 - beta2^step
#define AMBI_SCHEDULE_NUMBERS 3
// and what came of it before.
#define AMBI_CLIP_FACTOR 0  // on the gradients
#define AMBI_CLIP_FINITE 1  // 1, or 0 where something is not finite: nothing is updated then
#define AMBI_CLIP_NUMBERS 2

#endif  // AMBISPIKE_CODES_H
