package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ambispike.graph.Normalisation;

/**
 * CIFAR-10: 50,000 training and 10,000 test photographs, 32 x 32, colour, ten classes. Source: Krizhevsky, "Learning
 * Multiple Layers of Features from Tiny Images", 2009, and www.cs.toronto.edu/~kriz/cifar.html. What was measured on
 * copies must not be taken for what was measured on the originals, so files are told apart by their SHA-256.
 */
public final class Cifar10 {
    /** Digests of the published files. */
    public static final String NAME = "CIFAR-10";

    /** Digests of the same images after JPEG compression of quality 75 with halved colour, and in another order. */
    public static final String JPEG_NAME = "CIFAR-10 (JPEG q75)";

    /** The mean and deviation of the 50,000 training images as published. */
    public static final Normalisation NORMALISATION =
            new Normalisation(List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f));

    public static final List<String> CLASS_NAMES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private static final String TEST_FILE = "test_batch.bin";

    private static final Map<String, String> PUBLISHED = Map.of(
            trainingFile(1),
            "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
            trainingFile(2),
            "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
            trainingFile(3),
            "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
            trainingFile(4),
            "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
            trainingFile(5),
            "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
            TEST_FILE,
            "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b");

    private static final Map<String, String> JPEG = Map.of(
            trainingFile(1),
            "3cfb41865c7f30f2466dd61a848aaf89ddce14e329aadf1554fd73e421a44bc8",
            trainingFile(2),
            "26165a8e6625d0dd156ff32d8f8214589c7408cdcf5d17ed31706a92025ec6b8",
            trainingFile(3),
            "2ea8901bf34677d3f6900138317557893d17d00a28b6191a57ae91f2044f942a",
            trainingFile(4),
            "a92b409bb78c4755f81b45b0d33371654283627dcd99a36f69ac90a8a551f52a",
            trainingFile(5),
            "d90f1e2a62bc3ddb42590a74c3695715da3e07e136633eba565bb4d314618da2",
            TEST_FILE,
            "7e26274c054db219f44cac738a51b81be4d274f148e0f2ce07d9e44acb14e19b");

    private Cifar10() {}

    /** The files of one part. */
    static List<String> files(Split split) {
        return split == Split.TEST
                ? List.of(TEST_FILE)
                : IntStream.rangeClosed(1, 5).mapToObj(Cifar10::trainingFile).toList();
    }

    /** The names of the files of some parts that a folder must hold but does not. */
    static List<String> missingFiles(Path folder, Set<Split> parts) {
        return parts.stream()
                .flatMap(split -> files(split).stream())
                .filter(file -> !Files.isRegularFile(folder.resolve(file)))
                .toList();
    }

    /**
     * What images are called whose files are all of one kind that is known.
     *
     * @param sums the SHA-256 of each file, by its name
     */
    static Optional<String> name(Map<String, String> sums) {
        if (PUBLISHED.entrySet().containsAll(sums.entrySet())) {
            return Optional.of(NAME);
        }
        return JPEG.entrySet().containsAll(sums.entrySet()) ? Optional.of(JPEG_NAME) : Optional.empty();
    }

    private static String trainingFile(int number) {
        return "data_batch_" + number + ".bin";
    }
}
