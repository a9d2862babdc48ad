package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GraphJsonTest {
    private static final TypeReference<Node> NODE = new TypeReference<>() {};

    /** Files that were written must stay readable: this text changes only with the format's version. */
    private static final String WRITTEN_BY_VERSION_1 =
            """
            [{'name':'image','op':{'Input':{'shape':[8,8,1]}},'inputs':[]},
            {'name':'conv1','op':{'Conv2d':{'geometry':{'height':8,'width':8,'inChannels':1,'outChannels':2,
            'kernel':5,'stride':1,'padding':2}}},'inputs':['image']},
            {'name':'act1','op':{'Activation':{'kind':'QUANTISED','alpha':0.1,'levels':4,'perChannel':false}},
            'inputs':['conv1']},
            {'name':'drop1','op':{'Dropout':{'probability':0.3}},'inputs':['act1']},
            {'name':'pool1','op':{'AveragePool':{'geometry':{'height':8,'width':8,'channels':2,'kernel':2,
            'stride':2}}},'inputs':['drop1']},
            {'name':'spike1','op':{'Spike':{'model':'PAIR','alpha':0.1,'perChannel':true}},'inputs':['pool1']},
            {'name':'logits','op':{'Linear':{'inputs':32,'outputs':10}},'inputs':['spike1']}]
            """
                    .replace("\n", "")
                    .replace('\'', '"');

    private static final Graph GRAPH = new Graph(List.of(
            new Node("image", new Op.Input(Shape.of(8, 8, 1)), List.of()),
            new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 8, 1, 2, 5, 1, 2)), List.of("image")),
            new Node("act1", new Op.Activation(Op.ActivationKind.QUANTISED, 0.1, 4, false), List.of("conv1")),
            new Node("drop1", new Op.Dropout(0.3), List.of("act1")),
            new Node("pool1", new Op.AveragePool(new PoolGeometry(8, 8, 2, 2, 2)), List.of("drop1")),
            new Node("spike1", new Op.Spike(NeuronModel.PAIR, 0.1, true), List.of("pool1")),
            new Node("logits", new Op.Linear(32, 10), List.of("spike1"))));

    @Test
    void theTextOfVersion1IsKept() {
        assertThat(GraphJson.write(GRAPH)).isEqualTo(WRITTEN_BY_VERSION_1);
        assertThat(GraphJson.read(WRITTEN_BY_VERSION_1)).isEqualTo(GRAPH);
    }

    static Stream<Arguments> settings() {
        Op.Spike augmented = new Op.Spike(NeuronModel.SINGLE, 0.1, false, 15);
        Op.Spike sloped = new Op.Spike(NeuronModel.PAIR, 0, false, 1, List.of(0.25, 0.0));
        Op.Conv2d grouped = new Op.Conv2d(new ConvGeometry(8, 8, 6, 12, 3, 1, 1, 3));
        Op.Activation leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.5, 0, false);
        return Stream.of(
                Arguments.of(augmented, "'quanta':15", "'quanta':256", "1 to 255 quanta"),
                Arguments.of(augmented, "'quanta':15", "'quanta':null", "quanta"),
                Arguments.of(
                        grouped, "'groups':3", "'groups':4", "must divide its 6 input and 12 output channels, got 4"),
                Arguments.of(sloped, "'slopes':[0.25,0.0]", "'slopes':[1.25,0.0]", "to 1; got 1.25"),
                Arguments.of(sloped, "'slopes':[0.25,0.0]", "'slopes':[null,0.0]", "null"),
                // no float divides by it
                Arguments.of(leaky, "'alpha':0.5", "'alpha':1e-300", "must be 0, or from 1.0E-6 to 1; got 1.0E-300"));
    }

    /** Settings that not all operations have are named where they are there, and checked. */
    @ParameterizedTest
    @MethodSource("settings")
    void settingsAreNamedWhereTheyAreThere(Op op, String named, String wrong, String refusal) {
        Node node = new Node("node", op, List.of("other"));
        String json = StrictJson.write(node);
        assertThat(json).contains(named.replace('\'', '"'));
        assertThat(StrictJson.read(json, NODE)).isEqualTo(node);
        String changed = json.replace(named.replace('\'', '"'), wrong.replace('\'', '"'));
        assertThatThrownBy(() -> StrictJson.read(changed, NODE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(refusal);
    }

    @Test
    void convolutionsOfSquareKernelsKeepTheirFirstForm() {
        String json = "{\"name\":\"conv\",\"op\":{\"Conv2d\":{\"geometry\":{\"height\":8,\"width\":9,\"inChannels\":6,"
                + "\"outChannels\":12,\"kernel\":3,\"stride\":2,\"padding\":1}}},\"inputs\":[\"image\"]}";
        ConvGeometry geometry = new ConvGeometry(8, 9, 6, 12, 3, 2, 1);
        assertThat(StrictJson.read(json, NODE).op()).isEqualTo(new Op.Conv2d(geometry));
        assertThat(StrictJson.write(new Node("conv", new Op.Conv2d(geometry), List.of("image"))))
                .isEqualTo(json);
        assertThatThrownBy(() -> StrictJson.read(json.replace("kernel", "down"), NODE))
                .hasMessageContaining("unknown field 'down'");
        assertThatThrownBy(() -> StrictJson.read(json.replace("\"padding\":1", "\"padding\":2147483647"), NODE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2147483647 windows over 8");
    }

    static List<Class<?>> operations() {
        return List.of(Op.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationIsReadAsItWasWritten(Class<?> type) throws ReflectiveOperationException {
        Node node = new Node("node", (Op) example(type), List.of("other"));
        String json = StrictJson.write(node);
        assertThat(json).contains("\"" + type.getSimpleName() + "\":{");
        assertThat(StrictJson.read(json, NODE)).isEqualTo(node);
    }

    /** A value of a component's type: 1, one half, the last constant, a record of such. */
    private static Object example(Class<?> type) throws ReflectiveOperationException {
        if (type == int.class) {
            return 1;
        } else if (type == double.class) {
            return 0.5;
        } else if (type == boolean.class) {
            return true;
        } else if (type == Shape.class) {
            return Shape.of(2, 3);
        } else if (type == WindowAxis.class) {
            return new WindowAxis(3, 2, 2, 1, 0, 2);
        } else if (type == SampledAxis.class) {
            return SampledAxis.copies(3, IntStream.of(1, -1));
        } else if (type == List.class) { // of names
            return List.of("one");
        } else if (type.isEnum()) {
            return type.getEnumConstants()[type.getEnumConstants().length - 1];
        }
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getName().equals("slopes") ? List.of() : example(components[i].getType());
        }
        return type.getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                .newInstance(values);
    }
}
