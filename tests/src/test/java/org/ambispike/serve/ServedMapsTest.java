package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.io.SavedModel;
import org.ambispike.support.MapNetwork;
import org.ambispike.support.MaxPoolNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A network without classes behind HTTP. */
class ServedMapsTest {
    private static final SpikingModel MODEL = SpikingModel.of(MapNetwork.spiking(1));
    private static final float[] PIXELS = pixels();

    private static final ServerSettings SETTINGS =
            ServerSettings.builder().largestTimeSteps(32).sessions(1).build();
    private static ServedNetwork served;

    @BeforeAll
    static void start() {
        Dataset images = Dataset.unlabelled("noise", MapNetwork.IMAGE, new byte[3 * 60], Normalisation.none(2));
        served = ServedNetwork.start(MODEL, MODEL.clippedAnn(), Optional.of(images), SETTINGS);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static float[] pixels() {
        float[] pixels = new float[60];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = index * 37 % 256;
        }
        return pixels;
    }

    private static HttpResponse<String> post(String path, String more) throws Exception {
        return served.post(path, ServedNetwork.json(PIXELS, more));
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    private static SpikingResult run(int timeSteps) {
        try (SpikingSession session = MODEL.openSession(ServedNetwork.OPTIONS.withInput(SessionOptions.Input.PIXELS))) {
            return session.run(FloatBuffer.wrap(PIXELS), timeSteps);
        }
    }

    @Test
    void aNetworkWhoseMaxPoolsMovedIsServedBesideItsAnn() throws Exception {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.clipped(), true);
        AnnModel ann = AnnModel.of(new SavedModel(graph, MaxPoolNetwork.exact(graph, 3), MaxPoolNetwork.info()));
        try (ServedNetwork other =
                ServedNetwork.start(ann.convert(NeuronVariant.MEMORY), ann, Optional.empty(), SETTINGS)) {
            assertThat(json(other.get("/v1/model")).get("network").asText()).isEqualTo("pools");
        }
    }

    @Test
    void theModelSaysWhatItGives() throws Exception {
        JsonNode model = json(served.get("/v1/model"));
        assertThat(model.get("kind").asText()).isEqualTo("values");
        assertThat(model.get("classes")).isEmpty();
        assertThat(model.at("/outputs/0/name").asText()).isEqualTo("map");
        assertThat(model.at("/outputs/0/shape").toString()).isEqualTo("[6,5,3]");
    }

    @Test
    void everyResultIsAnsweredByNameAndShape() throws Exception {
        HttpResponse<String> response = post("/v1/run", ",\"timeSteps\":5");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(answer.has("class")).isFalse();
        assertThat(answer.get("timeSteps").asInt()).isEqualTo(5);
        float[] pair = run(5).output(0, "pair").toArray();
        JsonNode second = answer.at("/outputs/1");
        assertThat(second.get("shape").toString()).isEqualTo("[2]");
        assertThat(second.at("/values/1").floatValue()).isEqualTo(pair[1]);
        assertThat(answer.at("/outputs/0/values")).hasSize(90);
    }

    @Test
    void aTraceHasTheValuesOfEveryStep() throws Exception {
        JsonNode trace =
                json(post("/v1/run", ",\"timeSteps\":3,\"trace\":true")).get("trace");
        assertThat(trace.get("values")).hasSize(3);
        assertThat(trace.get("layers")).hasSize(2);
        FloatBuffer last = ByteBuffer.wrap(
                        Base64.getDecoder().decode(trace.at("/values/2").asText()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        assertThat(last.remaining()).isEqualTo(MapNetwork.VALUES);
        float[] all = run(3).logits();
        assertThat(last.get(91)).isCloseTo(all[91], within(1e-5f));
        assertThat(trace.at("/errors/2").asDouble()).isGreaterThan(0);
    }

    @Test
    void classesAreNotClaimed() throws Exception {
        HttpResponse<String> classify = post("/v1/classify", "");
        assertThat(classify.statusCode()).isEqualTo(404);
        assertThat(classify.body()).contains("map [6, 5, 3]").contains("/v1/run");
        HttpResponse<String> exit = post("/v1/run", ",\"exit\":{\"margin\":0.5}");
        assertThat(exit.statusCode()).isEqualTo(400);
        assertThat(exit.body()).contains("exit");
    }

    @Test
    void networksWithClassesAnswerResultsToo() throws Exception {
        try (ServedNetwork classes = ServedNetwork.start(SETTINGS)) {
            JsonNode answer = json(classes.post("/v1/run", ServedNetwork.json(ServedNetwork.pixels(1), "")));
            assertThat(answer.at("/outputs/0/shape").toString()).isEqualTo("[3]");
        }
    }

    @Test
    void thePageHasAPlaceForThem() throws Exception {
        assertThat(served.get("/").body()).contains("outputs-part", "valueView", "classView");
    }
}
