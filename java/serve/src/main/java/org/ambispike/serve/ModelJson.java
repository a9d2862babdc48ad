package org.ambispike.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.SpikingModel;
import org.ambispike.common.Version;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.io.TensorSummary;

/** What {@code GET /v1/model} says. */
final class ModelJson {
    private ModelJson() {}

    static Map<String, Object> of(SpikingModel model, ServerSettings settings, int defaultTimeSteps) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.network());
        json.put("dataset", model.dataset());
        json.put("input", model.inputShape());
        json.put("normalisation", model.normalisation());
        json.put("kind", model.hasClasses() ? "classes" : "values");
        json.put("classes", names(model));
        json.put("outputs", outputs(model));
        json.put("calibratedFor", model.calibratedFor());
        json.put("timeSteps", Map.of("default", defaultTimeSteps, "largest", settings.largestTimeSteps()));
        json.put("parameters", model.saved().weights().elements());
        json.put("provenance", model.provenance());
        json.put("nodes", nodes(model));
        json.put(
                "server",
                Map.of(
                        "version", Version.current().toString(),
                        "sessions", settings.sessions(),
                        "bodyBytes", settings.limits().bodyBytes()));
        return json;
    }

    private static List<Map<String, Object>> outputs(SpikingModel model) {
        return model.outputs().stream()
                .map(output -> Map.<String, Object>of("name", output.name(), "shape", output.shape()))
                .toList();
    }

    /** The classes' names, their numbers where the file has no names; none where there are no classes. */
    static List<String> names(SpikingModel model) {
        if (!model.hasClasses()) {
            return List.of();
        }
        if (!model.classNames().isEmpty()) {
            return model.classNames();
        }
        List<String> numbers = new ArrayList<>();
        for (int index = 0; index < model.classes(); index++) {
            numbers.add(Integer.toString(index));
        }
        return numbers;
    }

    private static List<Map<String, Object>> nodes(SpikingModel model) {
        Graph graph = model.saved().graph();
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", node.name());
            json.put("operation", node.op().getClass().getSimpleName());
            json.put("settings", ApiJson.tree(node.op()));
            json.put("inputs", node.inputs());
            json.put("shape", graph.shape(node.name()));
            json.put("multiplyAccumulates", node.op().multiplyAccumulates());
            if (node.op().isNeuron()) {
                for (String parameter : List.of("thetaPositive", "thetaNegative", "startPositive", "startNegative")) {
                    json.put(parameter, TensorSummary.of(model.saved().weights().get(node.parameter(parameter))));
                }
            }
            nodes.add(json);
        }
        return nodes;
    }
}
