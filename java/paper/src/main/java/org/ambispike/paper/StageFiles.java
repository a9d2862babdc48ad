package org.ambispike.paper;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.io.AtomicFiles;
import org.ambispike.train.Checkpoints;

/**
 * The models that the stages of a run leave in its folder, and how long each took. A resumed run takes finished stages
 * from their files.
 */
final class StageFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FINGERPRINT = "fingerprint";

    private final Path folder;
    private final Path checkpoints;
    private final String fingerprint;
    private final Map<String, Double> wallSeconds = new LinkedHashMap<>();
    private final boolean resume;

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
            Map<String, Object> saved = JSON.readValue(Files.readString(state), new TypeReference<>() {});
            if (!fingerprint.equals(saved.get(FINGERPRINT))) {
                throw new InputException("the run in " + folder
                        + " has other settings, or is of another version; run without --resume to start anew, or choose another --out");
            }
            if (saved.get("wallSeconds") instanceof Map<?, ?> seconds) {
                seconds.forEach(
                        (stage, value) -> wallSeconds.put(String.valueOf(stage), ((Number) value).doubleValue()));
            }
        } catch (JsonProcessingException | ClassCastException e) {
            throw new InputException("the file " + state + " is damaged; run without --resume to start anew", e);
        } catch (IOException e) {
            throw new InputException("cannot read " + state + ": " + e.getMessage(), e);
        }
    }

    private void writeState() {
        try {
            AtomicFiles.writeText(
                    checkpoints.resolve("run.json"),
                    JSON.writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(Map.of(FINGERPRINT, fingerprint, "wallSeconds", wallSeconds))
                            + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of numbers has no JSON", e);
        }
    }

    boolean isResumed() {
        return resume;
    }

    Path checkpoints() {
        return checkpoints;
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
