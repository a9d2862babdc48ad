package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ambispike.io.AtomicFiles;
import org.ambispike.paper.RunSummary;
import org.ambispike.report.AccuracyPicture;
import org.ambispike.report.SeedComparison;
import org.ambispike.report.SummaryJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Mean and spread over runs that differ in their seed. */
@Command(
        name = "compare",
        abbreviateSynopsis = true,
        description = "Prints mean and spread over runs of several seeds, as Markdown tables.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike compare runs/full-1 runs/full-2 runs/full-3",
            "  ambispike compare runs/full-1 runs/full-2 --picture accuracy.svg --mark 'the paper,10,0.9262'"
        })
final class CompareCommand extends CliCommand {
    private static final Pattern MARK = Pattern.compile("(.+),([1-9]\\d{0,3}),(0?\\.\\d+|1)");

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of finished runs.")
    private List<Path> folders;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Also draw the accuracy of each T, as its mean over the runs, into an SVG file.")
    private Optional<Path> picture;

    @Option(
            names = "--mark",
            paramLabel = "NAME,T,ACCURACY",
            description = "A figure from elsewhere to show in the picture, the accuracy as a fraction.")
    private List<String> marks = List.of();

    @Override
    public Integer call() {
        List<AccuracyPicture.Mark> shown = marks.stream().map(this::mark).toList();
        List<RunSummary> runs = folders.stream()
                .map(folder -> SummaryJson.read(folder.resolve(SummaryJson.FILE_NAME)))
                .toList();
        SeedComparison comparison = new SeedComparison(runs);
        out().print(comparison.markdown());
        picture.ifPresent(file -> AtomicFiles.writeText(file, new AccuracyPicture(runs, shown).svg()));
        return 0;
    }

    private AccuracyPicture.Mark mark(String text) {
        Matcher parts = MARK.matcher(text);
        require(parts.matches(), "--mark takes a name, T and an accuracy such as paper,10,0.9262; got " + text);
        return new AccuracyPicture.Mark(
                parts.group(1), Integer.parseInt(parts.group(2)), Double.parseDouble(parts.group(3)));
    }
}
