package org.ambispike;

import java.awt.image.BufferedImage;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.ambispike.data.DecodedImage;
import org.ambispike.data.ImageDecoder;
import org.ambispike.data.ImageTransform;
import org.ambispike.graph.Shape;
import org.ambispike.run.ImageStage;

/**
 * Images to run: floats or bytes of one image after another, or pictures. Holds what it was made of and copies nothing, so that
 * one of a buffer serves many calls: each reads what lies between the buffer's position and limit then. As thread-safe as that.
 */
public final class Images {
    private final Function<Shape, Buffer> values;
    private final ImageStage.Form form;

    private Images(Function<Shape, Buffer> values, ImageStage.Form form) {
        this.values = values;
        this.form = form;
    }

    /**
     * Takes floats, which are what {@link SessionOptions#input} of the session says.
     *
     * @param images [N, H, W, C] between position and limit, on the heap or direct
     */
    public static Images of(FloatBuffer images) {
        return new Images(shape -> images, ImageStage.Form.CHANNELS_LAST);
    }

    /** Takes floats, [N, H, W, C], which are what {@link SessionOptions#input} of the session says. */
    public static Images of(float... images) {
        return of(FloatBuffer.wrap(images));
    }

    /**
     * Takes pixels as unsigned bytes; they are pixels whatever the session's input.
     *
     * @param images [N, H, W, C] between position and limit, on the heap or direct
     */
    public static Images of(ByteBuffer images) {
        return new Images(shape -> images, ImageStage.Form.CHANNELS_LAST);
    }

    /** Takes pixels as unsigned bytes, [N, H, W, C]; they are pixels whatever the session's input. */
    public static Images of(byte[] images) {
        return of(ByteBuffer.wrap(images));
    }

    /**
     * Takes pictures of the network's size. They become grey or coloured as it needs; alpha is left out. {@link
     * ImageTransform#fitting} and others bring them to its size.
     */
    public static Images of(BufferedImage... pictures) {
        return of(ImageTransform.none(), pictures);
    }

    /**
     * Takes pictures of any size.
     *
     * @param transform to the size of the network, for example {@code ImageTransform.fitting(model.inputShape())}; its colours, where
     *     it names none, are those of the network
     * @throws IllegalArgumentException if a picture is null, as {@code ImageIO.read} has it for what it cannot read
     */
    public static Images of(ImageTransform transform, BufferedImage... pictures) {
        List<BufferedImage> all = Arrays.asList(pictures.clone());
        if (all.contains(null)) {
            throw new IllegalArgumentException("picture " + all.indexOf(null)
                    + " is null; javax.imageio.ImageIO.read gives null for a file that is no picture it knows");
        }
        return new Images(shape -> pixels(all, transform, shape), ImageStage.Form.CHANNELS_LAST);
    }

    /** Returns the same values, read as [N, C, H, W]. */
    public Images channelsFirst() {
        return new Images(values, ImageStage.Form.CHANNELS_FIRST);
    }

    /** Floats, or bytes that are pixels. */
    Buffer values(Shape shape) {
        return values.apply(shape);
    }

    ImageStage.Form form() {
        return form;
    }

    private static ByteBuffer pixels(List<BufferedImage> pictures, ImageTransform transform, Shape shape) {
        ImageTransform.Colours own = shape.extent(-1) == 1 ? ImageTransform.Colours.GREY : ImageTransform.Colours.RGB;
        ImageTransform fitting =
                transform.colours() == ImageTransform.Colours.STORED ? transform.withColours(own) : transform;
        int length = Math.toIntExact(shape.elements());
        byte[] pixels = new byte[Math.multiplyExact(pictures.size(), length)];
        for (int index = 0; index < pictures.size(); index++) {
            DecodedImage picture = ImageDecoder.decode("picture " + index, pictures.get(index));
            DecodedImage image = fitting.apply(picture);
            if (!image.shape().equals(shape)) {
                throw new IllegalArgumentException("picture " + index + " of " + picture.shape() + " becomes "
                        + image.shape() + ", and the network takes " + shape + "; give Images.of a transform, such as"
                        + " ImageTransform.fitting(model.inputShape())");
            }
            System.arraycopy(image.values(), 0, pixels, index * length, length);
        }
        return ByteBuffer.wrap(pixels);
    }
}
