package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.support.ReplayingBackend;

/** On the CPU, which records nothing, through one that keeps calls as a graph does. */
class CpuTrainingStepTest extends TrainingStepContract {
    @Override
    Backend backend(boolean captures) {
        Backend cpu = CpuBackend.open(Precision.F32, 1);
        return captures ? ReplayingBackend.around(cpu) : cpu;
    }
}
