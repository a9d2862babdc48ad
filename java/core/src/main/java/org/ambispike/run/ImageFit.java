package org.ambispike.run;

import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.io.SavedModel;

/** Whether images are those that a model takes. */
public final class ImageFit {
    private ImageFit() {}

    /** @throws IllegalArgumentException saying what does not fit */
    public static void require(SavedModel model, Dataset images) {
        if (!images.imageShape().equals(model.graph().inputShape())) {
            throw new IllegalArgumentException(images.name() + ": images " + images.imageShape()
                    + " do not fit the model's input " + model.graph().inputShape());
        }
        if (model.graph().hasClasses() && images.classes() > model.graph().classes()) {
            throw new IllegalArgumentException(images.name() + ": " + images.classes()
                    + " classes do not fit the model's " + model.graph().classes());
        }
        if (images.pixels() && !images.normalisation().equals(model.info().normalisation())) {
            throw new IllegalArgumentException(images.name() + ": " + images.normalisation() + " is not the model's "
                    + model.info().normalisation() + "; make the data set with the model's");
        }
    }

    /** @throws InputException if nobody knows the classes of the images */
    public static void requireLabels(Dataset images) {
        if (!images.labelled()) {
            throw new InputException(images.name() + ": images without classes, which are needed here; put them into a"
                    + " folder for each class");
        }
    }
}
