package org.ambispike.paper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.io.AtomicFiles;
import org.ambispike.io.StrictJson;
import org.ambispike.train.Checkpoints;

/**
 * The models that the stages of a run leave in its folder, and how long each took. A resumed run takes finished stages
 * from their files.
 */
final class StageFiles {
    private final Path folder;
    private final Path checkpoints;
    private final String fingerprint;
    private final Map<String, Double> wallSeconds = new LinkedHashMap<>();
    private final boolean resume;

    /**
     * The content of {@code run.json}.
     *
     * @param fingerprint of the run's settings
     * @param wallSeconds by finished stage, in their order
     */
    private record RunState(String fingerprint, Map<String, Double> wallSeconds) {
        RunState {
            wallSeconds = Collections.unmodifiableMap(new LinkedHashMap<>(wallSeconds));
            if (wallSeconds.containsValue(null)) {
                throw new IllegalArgumentException("a stage has no time");
            }
        }
    }

    /** @throws InputException if a run with other settings is to be resumed */
    StageFiles(Path folder, String fingerprint, boolean resume) {
        this.folder = folder;
        this.checkpoints = folder.resolve("checkpoints");
        this.fingerprint = fingerprint;
        Path state = checkpoints.resolve("run.json");
        this.resume = resume && Files.exists(state);
        if (this.resume) {
            readState(state);
        }
        writeState();
    }

    private void readState(Path state) {
        try {
            RunState saved = StrictJson.read(Files.readString(state), RunState.class);
            if (!fingerprint.equals(saved.fingerprint())) {
                throw new InputException(
                        "the run in " + folder
                                + " has other settings, or is of another version; run without --resume to start anew, or choose another --out");
            }
            wallSeconds.putAll(saved.wallSeconds());
        } catch (IllegalArgumentException e) {
            throw new InputException("the file " + state + " is damaged; run without --resume to start anew", e);
        } catch (IOException e) {
            throw new InputException("cannot read " + state + ": " + e.getMessage(), e);
        }
    }

    private void writeState() {
        AtomicFiles.writeText(
                checkpoints.resolve("run.json"), StrictJson.write(new RunState(fingerprint, wallSeconds)) + "\n");
    }

    boolean isResumed() {
        return resume;
    }

    /** Returns the stage's ANN from its file if the run is resumed and has it, else computes and writes it. */
    AnnModel ann(String stage, String file, Supplier<AnnModel> work) {
        return model(stage, file, AnnModel::load, work);
    }

    /** Returns the stage's spiking network from its file if the run is resumed and has it, else computes and writes it. */
    SpikingModel spiking(String stage, String file, Supplier<SpikingModel> work) {
        return model(stage, file, SpikingModel::load, work);
    }

    private <M extends Model> M model(String stage, String file, Function<Path, M> load, Supplier<M> work) {
        Path path = folder.resolve(file);
        if (resume && wallSeconds.containsKey(stage) && Files.exists(path)) {
            return load.apply(path);
        }
        M model = timed(stage, work);
        model.save(path);
        writeState();
        new Checkpoints(checkpoints, resume).delete(stage);
        return model;
    }

    /** Writes what is now known of a finished stage's model beside the model itself. */
    void replace(String file, Model model) {
        model.save(folder.resolve(file));
    }

    /** Work that is done anew on every run. */
    <T> T timed(String stage, Supplier<T> work) {
        long started = System.nanoTime();
        T result = work.get();
        wallSeconds.put(stage, (System.nanoTime() - started) / 1e9);
        return result;
    }

    Map<String, Double> wallSeconds() {
        return wallSeconds;
    }
}
