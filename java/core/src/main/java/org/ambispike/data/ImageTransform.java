package org.ambispike.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * How pictures of any size become the images that a network takes: colours, then size, then a part from the middle, to the
 * values of torchvision's {@code Grayscale}, {@code Resize} and {@code CenterCrop} on pictures that Pillow loaded. A value;
 * thread-safe.
 *
 * @param colours whether pictures become grey or coloured
 * @param resizing how they are scaled
 * @param crop what is kept of them; what lies outside a picture is black
 */
public record ImageTransform(Colours colours, Resizing resizing, Optional<Extent> crop) {
    /** Larger ones are refused: a narrow picture would grow beyond all memory. */
    private static final long MOST_PIXELS = 100_000_000;

    private static final int SIDE = 1 << 16;

    /** How many channels images have. */
    public enum Colours {
        /** As their files: grey ones 1, others 3. */
        STORED(OptionalInt.empty()),
        /** One: brightness of colours by ITU-R BT.601. */
        GREY(OptionalInt.of(1)),
        /** Three: grey is repeated. */
        RGB(OptionalInt.of(3));

        private final OptionalInt channels;

        Colours(OptionalInt channels) {
            this.channels = channels;
        }
    }

    /**
     * Height and width in pixels.
     *
     * @param height 1 to 65,536
     * @param width 1 to 65,536
     */
    public record Extent(int height, int width) {
        public Extent {
            if (height < 1 || width < 1 || height > SIDE || width > SIDE) {
                throw new IllegalArgumentException(
                        "sides of images are 1 to " + SIDE + " pixels, got " + height + "x" + width);
            }
        }

        @Override
        public String toString() {
            return height + "x" + width;
        }
    }

    /** How pictures are scaled. */
    public sealed interface Resizing {
        /** The size that a picture of this one gets. */
        Extent of(Extent picture);

        /** Returns them as they are. */
        record None() implements Resizing {
            @Override
            public Extent of(Extent picture) {
                return picture;
            }
        }

        /**
         * Gives the shorter side so many pixels and keeps the aspect ratio.
         *
         * @param side 1 to 65,536
         */
        record ShorterSide(int side) implements Resizing {
            public ShorterSide {
                new Extent(side, side);
            }

            @Override
            public Extent of(Extent picture) {
                long shorter = Math.min(picture.height(), picture.width());
                int height = (int) Math.min(SIDE, (long) side * picture.height() / shorter);
                int width = (int) Math.min(SIDE, (long) side * picture.width() / shorter);
                return new Extent(height, width);
            }
        }

        /** Gives them one size, whatever their aspect ratio. */
        record To(Extent extent) implements Resizing {
            @Override
            public Extent of(Extent picture) {
                return extent;
            }
        }

        /** Makes them as large as they can be inside this size, with their aspect ratio. */
        record Within(Extent extent) implements Resizing {
            @Override
            public Extent of(Extent picture) {
                double scale = Math.min(
                        (double) extent.height() / picture.height(), (double) extent.width() / picture.width());
                return new Extent(Math.max(1, (int) Math.round(picture.height() * scale)), Math.max(1, (int)
                        Math.round(picture.width() * scale)));
            }
        }
    }

    /** Leaves images as they are. */
    public static ImageTransform none() {
        return new ImageTransform(Colours.STORED, new Resizing.None(), Optional.empty());
    }

    /**
     * Shows the whole picture in the middle of black, in the colours that a network takes.
     *
     * @param shape [H, W, C] of the network, C 1 or 3
     */
    public static ImageTransform fitting(Shape shape) {
        Extent extent = new Extent(shape.extent(0), shape.extent(1));
        Colours colours = shape.extent(2) == 1 ? Colours.GREY : Colours.RGB;
        return new ImageTransform(colours, new Resizing.Within(extent), Optional.of(extent));
    }

    /** Returns the same with other colours. */
    public ImageTransform withColours(Colours other) {
        return new ImageTransform(other, resizing, crop);
    }

    /** Whether it leaves images as they are. */
    public boolean isNone() {
        return equals(none());
    }

    /**
     * Applies it to a picture.
     *
     * @throws InputException if the picture is so narrow that it would grow beyond 100 million pixels, or its channels are no
     *     colours and should become others
     */
    public DecodedImage apply(DecodedImage picture) {
        Extent extent = extent(picture);
        Extent scaled = resizing.of(extent);
        if ((long) scaled.height() * scaled.width() > MOST_PIXELS) {
            throw new InputException("an image of " + extent + " would become one of " + scaled + ", more than "
                    + MOST_PIXELS + " pixels");
        }
        DecodedImage resized = Resampling.resize(coloured(picture), scaled.height(), scaled.width());
        return crop.map(kept -> cropped(resized, kept)).orElse(resized);
    }

    /** Describes, in order, what {@link #apply} does to such a picture. */
    public List<String> changes(DecodedImage picture) {
        List<String> changes = new ArrayList<>();
        if (picture.channels() != colours.channels.orElse(picture.channels())) {
            changes.add(picture.channels() == 1 ? "grey repeated in three channels" : "colours turned to grey");
        }
        Extent extent = extent(picture);
        Extent scaled = resizing.of(extent);
        if (!scaled.equals(extent)) {
            changes.add("scaled from " + extent + " to " + scaled + " (height x width)");
        }
        crop.filter(kept -> !kept.equals(scaled)).ifPresent(kept -> {
            boolean inside = kept.height() <= scaled.height() && kept.width() <= scaled.width();
            changes.add(inside ? "cut to the middle " + kept : "set in the middle of a black " + kept);
        });
        return List.copyOf(changes);
    }

    private static Extent extent(DecodedImage picture) {
        return new Extent(picture.height(), picture.width());
    }

    private DecodedImage coloured(DecodedImage picture) {
        int wanted = colours.channels.orElse(picture.channels());
        if (picture.channels() == wanted) {
            return picture;
        }
        if (picture.channels() != 1 && picture.channels() != 3) {
            throw new InputException(
                    "images of " + picture.channels() + " channels are neither grey nor red, green and blue");
        }
        Shape shape = Shape.of(picture.height(), picture.width(), wanted);
        byte[] source = picture.values();
        byte[] target = new byte[Math.toIntExact(shape.elements())];
        for (int pixel = 0; pixel < picture.height() * picture.width(); pixel++) {
            if (wanted == 1) {
                target[pixel] = grey(source, 3 * pixel);
            } else {
                Arrays.fill(target, 3 * pixel, 3 * pixel + 3, source[pixel]);
            }
        }
        return new DecodedImage(shape, target);
    }

    /** Pillow's formula: BT.601 in units of 2^-16. */
    private static byte grey(byte[] values, int at) {
        int sum = (values[at] & 0xff) * 19595 + (values[at + 1] & 0xff) * 38470 + (values[at + 2] & 0xff) * 7471;
        return (byte) (sum + 0x8000 >> 16);
    }

    private static DecodedImage cropped(DecodedImage image, Extent kept) {
        if (kept.equals(extent(image))) {
            return image;
        }
        Shape shape = Shape.of(kept.height(), kept.width(), image.channels());
        byte[] target = new byte[Math.toIntExact(shape.elements())];
        int top = start(image.height(), kept.height());
        int left = start(image.width(), kept.width());
        int first = Math.max(0, left);
        int columns = Math.min(image.width(), left + kept.width()) - first;
        for (int row = Math.max(0, top); row < Math.min(image.height(), top + kept.height()); row++) {
            System.arraycopy(
                    image.values(),
                    (row * image.width() + first) * image.channels(),
                    target,
                    ((row - top) * kept.width() + first - left) * image.channels(),
                    columns * image.channels());
        }
        return new DecodedImage(shape, target);
    }

    /** Where the kept part begins; halves are rounded as torchvision does, for parts inside and outside. */
    private static int start(int length, int kept) {
        return kept <= length ? (int) Math.rint((length - kept) / 2.0) : -((kept - length) / 2);
    }
}
