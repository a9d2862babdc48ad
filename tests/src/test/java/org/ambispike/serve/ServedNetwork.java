package org.ambispike.serve;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.ambispike.AnnModel;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;

/** A small network of grey images, a server of it, and ways to talk to it. */
record ServedNetwork(SpikingModel model, ModelServer server, HttpClient client) implements AutoCloseable {
    static final Shape IMAGE = Shape.of(8, 8, 1);
    static final SessionOptions OPTIONS =
            SessionOptions.defaults().withDevice(Device.Request.CPU).withThreads(1);

    static SpikingModel network() {
        Graph leaky = new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 8, 1, 4, 3, 1, 1)), List.of("input")),
                new Node("act1", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("conv1")),
                new Node("fc1", new Op.Linear(256, 3), List.of("act1"))));
        Network clipped = Thresholds.clip(
                new Network(leaky, Initialisation.uniform(leaky, 3)),
                Map.of("act1", new Thresholds.Pair(0.6, 0.03)),
                false);
        Converter.Conversion snn = Converter.convert(clipped, NeuronVariant.PAIR);
        ModelInfo info = new ModelInfo(
                "tiny",
                "dots",
                new Normalisation(List.of(0.3f), List.of(0.3f)),
                List.of("ant", "bumblebee_with_a_name_as_long_as_a_phone_is_wide", "<b>cat</b>"),
                List.of(4),
                Map.of("seed", "3"));
        return SpikingModel.of(new SavedModel(snn.graph(), snn.weights(), info));
    }

    static ServedNetwork start(ServerSettings settings) {
        SpikingModel model = network();
        byte[] pixels = new byte[6 * 64];
        new SplittableRandom(1).nextBytes(pixels);
        Dataset images = Dataset.of(
                "dots", IMAGE, pixels, new int[] {0, 1, 2, 0, 1, 2}, model.classNames(), model.normalisation());
        return start(model, model.clippedAnn(), Optional.of(images), settings);
    }

    static ServedNetwork start(SpikingModel model, AnnModel ann, Optional<Dataset> images, ServerSettings settings) {
        ModelServer server = ModelServer.start(model, ann, images, OPTIONS, settings);
        return new ServedNetwork(model, server, HttpClient.newHttpClient());
    }

    static float[] pixels(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[64];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = random.nextInt(256);
        }
        return pixels;
    }

    static String json(float[] pixels, String more) {
        return "{\"pixels\":"
                + IntStream.range(0, pixels.length)
                        .mapToObj(index -> String.valueOf((int) pixels[index]))
                        .collect(Collectors.joining(",", "[", "]"))
                + more + "}";
    }

    static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalStateException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    static BufferedImage grey(float[] pixels) {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int index = 0; index < pixels.length; index++) {
            image.getRaster().setSample(index % 8, index / 8, 0, (int) pixels[index]);
        }
        return image;
    }

    URI at(String path) {
        return server.uri().resolve(path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String type, byte[] body, String query) throws IOException, InterruptedException {
        return client.send(request("/v1/classify" + query, type, body), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String json) throws IOException, InterruptedException {
        return post("/v1/classify", json);
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return client.send(request(path, "application/json", body), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String type, byte[] body) {
        return HttpRequest.newBuilder(at(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    Socket socket() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.uri().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Sends bytes as they are, ends the sending, and takes all that comes back. */
    String raw(byte[] request) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return new String(read(socket.getInputStream()), StandardCharsets.ISO_8859_1);
        }
    }

    /** A connection that is reset ends too. */
    private static byte[] read(InputStream in) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            in.transferTo(out);
        } catch (IOException reset) {
            return out.toByteArray();
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        server.close();
    }
}
