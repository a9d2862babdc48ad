package org.ambispike.data;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/**
 * A file of NumPy with the network's own input, floats that are not normalised any more: [N, C, H, W] or [N, H, W, C]. All of it
 * is of both parts, in the file's order.
 */
public record ValueFile(Path file) implements ImageSource {
    @Override
    public String describe() {
        return "values of " + file;
    }

    /** Takes channels to be first. */
    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        HostTensor array = NpyArray.read(file);
        Shape shape = array.shape();
        if (shape.rank() != 4) {
            throw new InputException(file + ": an array " + shape + ", expected [N, C, H, W]");
        }
        return load(array, Shape.of(shape.extent(2), shape.extent(3), shape.extent(1)))
                .with(transform);
    }

    /**
     * Reads rows of any rank that fit a network's input, see {@link NpyArray#rows}.
     *
     * @param input [H, W, C] or [F] that the network takes
     * @throws InputException naming the file, if it is damaged or its rows do not fit
     */
    public Dataset load(Shape input) {
        return load(NpyArray.read(file), input);
    }

    private Dataset load(HostTensor array, Shape input) {
        try {
            return Dataset.values(LabelledImages.name(file), input, NpyArray.rows(array, input));
        } catch (IllegalArgumentException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
    }
}
