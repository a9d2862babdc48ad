package org.ambispike;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.data.Dataset;
import org.ambispike.progress.Cancellation;
import org.ambispike.progress.ProgressListener;
import org.ambispike.recipe.RunContext;

/** What a stage that runs inside another program is given; it keeps no files. */
record StageWork(
        Backend backend,
        Dataset training,
        Dataset validation,
        long seed,
        ProgressListener listener,
        Cancellation cancellation) {
    RunContext context() {
        return new RunContext(
                backend,
                training,
                validation,
                validation,
                seed,
                Version.current().commit(),
                listener,
                cancellation,
                row -> {},
                Optional.empty(),
                false);
    }
}
