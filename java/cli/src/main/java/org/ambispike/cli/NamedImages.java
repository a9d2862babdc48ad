package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.data.ImageTransform;

/**
 * Which images the user wants, and as what.
 *
 * @param place what was named; empty for those that a model or network usually has
 * @param transform how they are made to fit
 */
record NamedImages(Optional<Path> place, ImageTransform transform) {}
