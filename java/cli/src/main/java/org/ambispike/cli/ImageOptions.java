package org.ambispike.cli;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ambispike.data.ImageTransform;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How pictures become images of the size and colours that a network takes; of every command that reads images. */
final class ImageOptions {
    private static final Pattern EXTENT = Pattern.compile("([1-9]\\d{0,8})(?:x([1-9]\\d{0,8}))?");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--resize",
            paramLabel = "N[xM]",
            description =
                    "Scale images as torchvision's Resize does: the shorter side to N, or to height N and width M.")
    private Optional<String> resize;

    @Option(
            names = "--crop",
            paramLabel = "N[xM]",
            description = "Keep the middle of images, N x N or height N and width M, after --resize.")
    private Optional<String> crop;

    @Option(names = "--grey", description = "Make coloured images grey.")
    private boolean grey;

    @Option(names = "--rgb", description = "Make grey images coloured ones, of three equal channels.")
    private boolean rgb;

    /** @throws ParameterException if a size is written otherwise, or both colours are wanted */
    ImageTransform transform() {
        Values.require(spec, !(grey && rgb), "--grey and --rgb are two different things; give one");
        ImageTransform.Colours colours =
                grey ? ImageTransform.Colours.GREY : rgb ? ImageTransform.Colours.RGB : ImageTransform.Colours.STORED;
        ImageTransform.Resizing resizing =
                resize.map(text -> read("--resize", text, this::resizing)).orElseGet(ImageTransform.Resizing.None::new);
        return new ImageTransform(colours, resizing, crop.map(text -> read("--crop", text, ImageOptions::extent)));
    }

    private ImageTransform.Resizing resizing(Matcher parts) {
        return parts.group(2) == null
                ? new ImageTransform.Resizing.ShorterSide(Integer.parseInt(parts.group(1)))
                : new ImageTransform.Resizing.To(extent(parts));
    }

    private static ImageTransform.Extent extent(Matcher parts) {
        int height = Integer.parseInt(parts.group(1));
        return new ImageTransform.Extent(height, parts.group(2) == null ? height : Integer.parseInt(parts.group(2)));
    }

    private <T> T read(String option, String text, Function<Matcher, T> reader) {
        Matcher parts = EXTENT.matcher(text);
        String expected = option + " takes N or NxM (height x width) in pixels, got '" + text + "'";
        Values.require(spec, parts.matches(), expected);
        return Values.read(spec, option, () -> reader.apply(parts));
    }
}
