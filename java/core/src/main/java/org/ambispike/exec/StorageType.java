package org.ambispike.exec;

import org.ambispike.backend.Bf16Operations.Storage;

/** The type in which the value of a node lies in memory. */
enum StorageType {
    F32(Storage.F32),
    BF16(Storage.BF16),
    /** A spike in a byte, as {@link Storage#BYTE} says; only average pools to bf16 read it. */
    SPIKE_BYTE(Storage.BYTE),
    /** Whole levels in a byte, of one spike or a sum of several; only the int8 kernels read it. */
    LEVELS(Storage.BYTE);

    private final Storage storage;

    StorageType(Storage storage) {
        this.storage = storage;
    }

    /** Bytes of one element. */
    int bytes() {
        return storage.bytes();
    }

    /** The name of this type where kernels for bf16 read or write it. */
    Storage bf16Storage() {
        return storage;
    }
}
