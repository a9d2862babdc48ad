package org.ambispike.contract;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.check.Item;

class CudaSelfCheckTest extends SelfCheckContract {
    @Override
    Backend backend(Precision precision) {
        return CudaDevice.open(precision);
    }

    @Override
    List<Item> items() {
        return List.of(Item.values());
    }
}
