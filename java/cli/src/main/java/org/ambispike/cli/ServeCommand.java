package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.ambispike.AnnModel;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.io.FileFault;
import org.ambispike.serve.Limits;
import org.ambispike.serve.ModelServer;
import org.ambispike.serve.ServerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a model over HTTP until SIGTERM or Ctrl-C. */
@Command(
        name = "serve",
        abbreviateSynopsis = true,
        description = "Serves a spiking network over HTTP: a JSON API, metrics, and a page on which to watch it.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike serve                                          a sample, for a first look",
            "  ambispike serve runs/net4/snn-T4.safetensors --port 8080"
        })
final class ServeCommand extends CliCommand {
    private static final int LARGEST_PORT = 65535;
    private static final int LARGEST_T = 1024;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "Model file of a spiking network. Default: a sample that classifies clothes.")
    private Optional<Path> model;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one and prints it. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = ServerSettings.LOOPBACK,
            description = "Address to listen on. There is no password: whoever reaches it may use it. "
                    + "Default: ${DEFAULT-VALUE}, this machine alone.")
    private String host;

    @Option(
            names = "--ann",
            paramLabel = "FILE",
            description =
                    "ANN whose activations the page shows beside the rates. Default: the clipped network that the "
                            + "spiking one tends to.")
    private Optional<Path> ann;

    @Option(
            names = "--T-max",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most time steps of a request. Default: ${DEFAULT-VALUE}.")
    private int largestTimeSteps;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "Requests that are computed at once. Default: all cores, divided by --threads.")
    private Optional<Integer> sessions;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "CPU threads of each session. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "64",
            description = "Requests that may wait for a session; further ones get 503. Default: ${DEFAULT-VALUE}.")
    private int queue;

    @Option(
            names = "--data",
            paramLabel = "PLACE",
            description = "Images to offer on the page. Default: Fashion-MNIST for its networks, where it is found.")
    private Optional<Path> data;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            defaultValue = "auto",
            description = "Where to compute; auto says what it took and why. Default: ${DEFAULT-VALUE}.")
    private Device.Request device;

    @Option(
            names = "--precision",
            paramLabel = "f32|tf32|bf16",
            defaultValue = "f32",
            description = "Of convolutions and matrix multiplication. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Mixin
    private ImageOptions imageOptions;

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--port", port, 0, LARGEST_PORT);
        requireRange("--T-max", largestTimeSteps, 1, LARGEST_T);
        requireRange("--queue", queue, 1, 1 << 16);
        Values.upTo(spec, "--threads", Backend.MOST_THREADS, Optional.of(threads));
        int atOnce = Values.positive(spec, "--sessions", sessions)
                .orElseGet(() -> Math.max(1, Runtime.getRuntime().availableProcessors() / threads));
        if (model.isPresent()) {
            return serve(ModelArgument.spiking(model.get()), data, atOnce);
        }
        try (SampleModel sample = SampleModel.unpack()) {
            err().println("ambispike: no MODEL was named, so this is the sample, a small network for Fashion-MNIST;"
                    + " ambispike reproduce net4 makes a larger one");
            return serve(ModelArgument.spiking(sample.model()), data.or(() -> Optional.of(sample.images())), atOnce);
        }
    }

    private int serve(SpikingModel network, Optional<Path> place, int atOnce) throws InterruptedException {
        AnnModel reference = ann.map(AnnModel::load).orElseGet(network::clippedAnn);
        PrintWriter err = err();
        Optional<Dataset> images = samples(network, place, err);
        Device chosen = Device.choose(device, precision);
        SessionOptions options = SessionOptions.defaults()
                .withDevice(chosen.request())
                .withPrecision(precision)
                .withThreads(threads);
        ServerSettings settings = ServerSettings.builder()
                .host(host)
                .port(port)
                .largestTimeSteps(largestTimeSteps)
                .sessions(atOnce)
                .limits(Limits.builder().queue(queue).build())
                .images(imageOptions.transform())
                .build();
        CountDownLatch end = new CountDownLatch(1);
        Runnable stop = () -> {
            err.println("ambispike: stopping after the requests that are under way");
            err.flush();
            end.countDown();
        };
        try (ModelServer server = ModelServer.start(network, reference, images, options, settings);
                Interrupts heard = Interrupts.hear(new Cancellation(), stop)) {
            err.println("ambispike: " + chosen.describe());
            err.flush();
            PrintWriter out = out();
            out.println(
                    "serving " + FileFault.printable(network.toString(), Integer.MAX_VALUE) + " on " + server.uri());
            out.flush();
            end.await();
            server.close();
        }
        return 0;
    }

    /** Images are an extra: without --data, what is missing is only said. */
    private Optional<Dataset> samples(SpikingModel network, Optional<Path> place, PrintWriter err) {
        NamedImages named = new NamedImages(place, imageOptions.transform());
        if (place.isPresent()) {
            return Optional.of(StageImages.samples(named, network.saved()));
        }
        try {
            return Optional.of(StageImages.samples(named, network.saved()));
        } catch (InputException e) {
            err.println("ambispike: no sample images on the page: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void requireRange(String option, int value, int least, int most) {
        String expected = option + " must be from " + least + " to " + most + ", got " + value;
        require(value >= least && value <= most, expected);
    }
}
