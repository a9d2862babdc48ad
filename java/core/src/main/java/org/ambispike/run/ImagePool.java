package org.ambispike.run;

import java.nio.FloatBuffer;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;

/** Normalised images that calls take in turn, so that no call sees what the one before left in the cache. For one thread. */
public final class ImagePool {
    private static final int LEAST = 1024;
    private static final int MOST_VALUES = 1 << 24;
    private static final int READ_AT_ONCE = 16;

    private final int imageLength;
    private final int count;
    private final FloatBuffer images;
    private int next;

    private ImagePool(int imageLength, int count, float[] values) {
        this.imageLength = imageLength;
        this.count = count;
        this.images = FloatBuffer.wrap(values);
    }

    /** The first images of a data set, as many as 64 MiB hold, repeated where one call takes more than there are. */
    public static ImagePool of(Dataset dataset, int largestBatch) {
        int length = Math.toIntExact(dataset.imageShape().elements());
        int enough = Math.max(Math.min(LEAST, MOST_VALUES / length), largestBatch);
        int distinct = Math.min(dataset.size(), enough);
        int count = Math.max(distinct, largestBatch);
        float[] values = new float[Math.multiplyExact(count, length)];
        int filled = 0;
        BatchOptions order = BatchOptions.inOrder(Math.min(distinct, READ_AT_ONCE));
        try (Batches batches = Batches.open(dataset.slice(0, distinct), order)) {
            batches.start(0);
            while (batches.advance()) {
                Batch batch = batches.current();
                System.arraycopy(batch.images(), 0, values, filled * length, batch.count() * length);
                filled += batch.count();
            }
        }
        for (int from = distinct; from < count; from += distinct) {
            int part = Math.min(distinct, count - from);
            System.arraycopy(values, 0, values, from * length, part * length);
        }
        return new ImagePool(length, count, values);
    }

    /** The next images, [batch, H, W, C] from position to limit; valid until the next call of this method. */
    public FloatBuffer take(int batch) {
        if (next + batch > count) {
            next = 0;
        }
        images.clear().position(next * imageLength).limit((next + batch) * imageLength);
        next += batch;
        return images;
    }
}
