package org.ambispike.spark;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.ambispike.ExitRule;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Classifies the images of a partition in batches, in order, on a session of the executor.
 *
 * @param digest of the model
 * @param settings of the Transformer
 */
record ClassifierTask(Broadcast<ModelBytes> model, String digest, Settings settings)
        implements MapPartitionsFunction<Row, Row> {
    /** What is done with images that cannot be read. */
    enum Invalid {
        ERROR,
        SKIP,
        KEEP
    }

    /**
     * What a task needs to know.
     *
     * @param rule label of an exit rule, or {@link ExitRule#never}'s
     * @param outputs which of prediction, probability and time steps are wanted
     */
    record Settings(
            ImageColumn images,
            int timeSteps,
            String rule,
            int batch,
            Precision precision,
            Device.Request device,
            boolean normalised,
            Invalid invalid,
            List<Output> outputs)
            implements Serializable {
        private ExitRule exit() {
            return parse(rule);
        }

        private SessionOptions options(TaskDevice place) {
            return SessionOptions.defaults()
                    .withDevice(place.request())
                    .withPrecision(precision)
                    .withThreads(place.threads())
                    .withBatch(batch)
                    .withLargestTimeSteps(timeSteps)
                    .withInput(normalised ? SessionOptions.Input.NORMALISED : SessionOptions.Input.PIXELS);
        }
    }

    /** What a column may hold. */
    enum Output {
        PREDICTION(DataTypes.DoubleType, (result, image) -> (double) result.predicted(image)),
        PROBABILITY(SQLDataTypes.VectorType(), (result, image) -> Vectors.dense(widened(result.probabilities(image)))),
        TIME_STEPS(DataTypes.IntegerType, SpikingResult::timeSteps);

        private interface Of {
            Object image(SpikingResult result, int image);
        }

        private final DataType type;
        private final Of of;

        Output(DataType type, Of of) {
            this.type = type;
            this.of = of;
        }

        DataType type() {
            return type;
        }
    }

    static ExitRule parse(String rule) {
        return rule.equals(ExitRule.never().label()) ? ExitRule.never() : ExitRule.parse(rule);
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int at = 0; at < wide.length; at++) {
            wide[at] = values[at];
        }
        return wide;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new Answers(rows);
    }

    /** Reads a batch when the last one was taken. */
    private final class Answers implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final float[] pixels =
                new float[settings.batch() * settings.images().length()];
        private final ExitRule exit = settings.exit();
        private final Deque<Row> ready = new ArrayDeque<>();
        private SpikingSession session;

        Answers(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && rows.hasNext()) {
                run();
            }
            return !ready.isEmpty();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.poll();
        }

        private void run() {
            int length = settings.images().length();
            List<Row> batch = new ArrayList<>();
            List<Boolean> readable = new ArrayList<>();
            int count = 0;
            while (count < settings.batch() && rows.hasNext()) {
                Row row = rows.next();
                boolean read = read(row, count * length);
                if (read || settings.invalid() == Invalid.KEEP) {
                    batch.add(row);
                    readable.add(read);
                }
                count += read ? 1 : 0;
            }
            SpikingResult result = count == 0
                    ? new SpikingResult(1, new float[0], new int[0])
                    : session().run(FloatBuffer.wrap(pixels, 0, count * length), settings.timeSteps(), exit);
            int image = 0;
            for (int place = 0; place < batch.size(); place++) {
                ready.add(answer(batch.get(place), result, readable.get(place) ? image++ : -1));
            }
        }

        private boolean read(Row row, int offset) {
            try {
                settings.images().read(row, pixels, offset);
                return true;
            } catch (InputException e) {
                if (settings.invalid() == Invalid.ERROR) {
                    throw e;
                }
                return false;
            }
        }

        private Row answer(Row row, SpikingResult result, int image) {
            Object[] values = new Object[row.size() + settings.outputs().size()];
            for (int column = 0; column < row.size(); column++) {
                values[column] = row.get(column);
            }
            int column = row.size();
            for (Output output : settings.outputs()) {
                values[column++] = image < 0 ? null : output.of.image(result, image);
            }
            return RowFactory.create(values);
        }

        private SpikingSession session() {
            if (session == null) {
                ModelBytes bytes = model.value();
                TaskDevice place = TaskDevice.of(settings.device());
                SpikingSession borrowed =
                        ExecutorSessions.HERE.borrow(new ExecutorSessions.Kind(digest, settings.options(place)), bytes);
                session = borrowed;
                TaskContext task = TaskContext.get();
                // also where the rows are not read to their end, or fail
                TaskCompletionListener end = ended -> ExecutorSessions.HERE.giveBack(borrowed);
                task.addTaskCompletionListener(end);
            }
            return session;
        }
    }
}
