// The charts of the reports, by the name that a figure has in its data-chart. Each is a function from the report's data and the figure's
// data-of to { legend, chart } or to null where nothing was measured; what is drawn is in charts.js.

const percent = fraction => (Number.isFinite(fraction) ? decimal(100 * fraction, 2) + " %" : "–");
const rate = value => decimal(value, 4);
const calibration = calibratedFor => (calibratedFor === 0 ? "uncalibrated" : "calibrated for T = " + calibratedFor);
const distinct = values => [...new Set(values)];

function scaled(value, prefixes, unit) {
  if (!Number.isFinite(value)) return "–";
  let step = 0;
  for (; Math.abs(value) >= 999.5 && step < prefixes.length - 1; step++) value /= 1000;
  return significant(value) + " " + prefixes[step] + unit;
}

const energy = nanojoules => scaled(nanojoules, ["n", "µ", "m", ""], "J");

function seconds(value) {
  const whole = Math.round(value);
  const two = number => String(number).padStart(2, "0");
  if (whole < 60) return decimal(value, value < 10 ? 2 : 1) + " s";
  if (whole < 3600) return Math.floor(whole / 60) + " min " + two(whole % 60) + " s";
  return Math.floor(whole / 3600) + " h " + two(Math.floor((whole % 3600) / 60)) + " min";
}

const inTable = " The table below has the figures.";
const legendOf = lines => lines.filter(line => line.name).map(({ name, style }) => ({ name, style }));

/** A line of accuracy against T. */
const accuracyLine = (name, style, results) => ({
  name,
  style,
  points: results.map(({ T, accuracy }) => ({ x: T, y: accuracy, hover: name + ", T = " + T + ": " + percent(accuracy) })),
});

/** A line for each T that networks were calibrated for; the base line's style is that of the network before calibration. */
function networks(rows, line) {
  const kinds = distinct(rows.map(row => row.calibratedFor)).sort((a, b) => a - b);
  const first = kinds[0] === 0 ? 0 : 1;
  return kinds.map((kind, index) => line(calibration(kind), first + index, rows.filter(row => row.calibratedFor === kind)));
}

/** The run that the figure is for; a comparison with the paper has several. */
function accuracy(data, place) {
  const [index, part] = place.split(" ");
  const run = data.summaries[index];
  const lines = networks(run.timeSteps, accuracyLine);
  const [least, most] = rangeOf(run.timeSteps.map(row => row.accuracy));
  const ann = run.annAccuracy;
  const top = Math.max(most, ann ?? most);
  const range = part === "close" ? [ann - 0.02, Math.min(1, ann + 0.004)] : [least, Math.min(1, top + 0.1 * (top - least))];
  return {
    legend: part === "close" ? [] : legendOf(lines),
    chart: width => lineChart({
      name: "Accuracy against the number of time steps, " + (part === "close" ? "close to the accuracy of the ANN, " : "") +
        "for these networks: " + lines.map(line => line.name).join(", ") + "." + inTable,
      x: timeStepAxis(run.timeSteps.map(row => row.T)),
      y: linearAxis("accuracy, %", range, 100),
      lines,
      reference: Number.isFinite(ann) && { y: ann, name: "ANN " + percent(ann) },
    }, width),
  };
}

function histogram({ summaries }, layer) {
  const of = summaries[0].histograms[layer];
  const sizes = [of.beforeThetaPositive, of.beforeThetaNegative, of.afterThetaPositive, of.afterThetaNegative].map(significant);
  return {
    chart: width => histogramChart({
      name: "Histogram of the activations of " + of.layer + " on a logarithmic count axis. Before threshold optimisation the thresholds are " +
        sizes[0] + " and −" + sizes[1] + ", after it " + sizes[2] + " and −" + sizes[3] + ".",
      panels: [
        { title: "before, activations per bin", ...of.before, positive: of.beforeThetaPositive, negative: of.beforeThetaNegative },
        { title: "after, activations per bin", ...of.after, positive: of.afterThetaPositive, negative: of.afterThetaNegative },
      ],
    }, width),
  };
}

function activity({ summaries }) {
  const rows = summaries[0].activity;
  const left = Math.max(0, ...rows.flatMap(row => [row.negativeWith, row.negativeWithout]));
  const right = Math.max(0, ...rows.flatMap(row => [row.positiveWith, row.positiveWithout]));
  const axis = linearAxis("← negative · spikes per neuron and step · positive →", [-left, right]);
  const bar = (layer, value, css, what) => ({ value, css, hover: layer + ", " + what + ": " + rate(Math.abs(value)) });
  return {
    legend: [
      { name: "positive spikes, optimised", bar: "positive" },
      { name: "positive, largest activation as threshold", bar: "positive hollow" },
      { name: "negative spikes, optimised", bar: "negative" },
      { name: "negative, largest activation as threshold", bar: "negative hollow" },
    ],
    chart: width => barChart({
      name: "Firing rates of each layer: positive spikes to the right, negative ones to the left, with and without threshold optimisation." + inTable,
      x: { ...axis, ticks: axis.ticks.map(tick => ({ ...tick, name: tick.name.replace("−", "") })) },
      rows: rows.map(({ layer, positiveWith, negativeWith, positiveWithout, negativeWithout }) => ({
        name: layer,
        bars: [
          [bar(layer, positiveWith ?? NaN, "positive", "positive, optimised"), bar(layer, -(negativeWith ?? NaN), "negative", "negative, optimised")],
          [bar(layer, positiveWithout ?? NaN, "positive hollow", "positive, not optimised"),
           bar(layer, -(negativeWithout ?? NaN), "negative hollow", "negative, not optimised")],
        ],
      })),
    }, width),
  };
}

/** A row of one bar, with a label at its end, which says more when pointed at. */
const plainBar = (name, value, label, said = label) =>
  ({ name, bars: [[{ value: value ?? NaN, css: "plain", label, hover: name + ": " + said }]] });

function layers({ summaries }) {
  const rows = summaries[0].layers;
  const largest = rangeOf(rows.map(row => row.relativeError))[1];
  return largest > 0 && {
    chart: width => barChart({
      name: "Relative error of the spiking network's rates by layer." + inTable,
      x: linearAxis("relative error, no unit", [0, largest]),
      rows: rows.map(row => plainBar(row.name, row.relativeError, significant(row.relativeError), rate(row.relativeError))),
    }, width),
  };
}

function ablation({ summaries }, index) {
  const { name: title, rows } = summaries[0].ablations[index];
  const results = rows.flatMap(row => row.results);
  const [least, most] = rangeOf(results.map(row => row.accuracy));
  const margin = Math.max(0.001, 0.08 * (most - least));
  const range = [Math.max(0, least - margin), Math.min(1, most + margin)];
  const name = title + ": accuracy by setting and T." + inTable;
  const steps = distinct(results.map(row => row.T));
  if (steps.length > 1) {
    const lines = rows.map((row, place) => accuracyLine(row.setting, place + 1, row.results));
    const y = linearAxis("accuracy, %", range, 100);
    return { legend: legendOf(lines), chart: width => lineChart({ name, x: timeStepAxis(steps), y, lines }, width) };
  }
  const x = linearAxis("accuracy at T = " + steps[0] + ", %", range, 100);
  const dots = rows.map(({ setting, results: [{ accuracy: reached } = {}] }) => plainBar(setting, reached, decimal(100 * reached, 2), percent(reached)));
  return { chart: width => barChart({ name, x, rows: dots, dots: true }, width) };
}

function energies({ summaries }) {
  const rows = summaries[0].energy;
  const values = rows.flatMap(row => [row.snnNanojoules, row.annNanojoules]).filter(value => value > 0);
  const ann = rows[0].annNanojoules;
  const lines = networks(rows, (name, style, of) => ({
    name,
    style,
    points: of.map(({ T, snnNanojoules: used }) => ({ x: T, y: used > 0 ? used : NaN, hover: name + ", T = " + T + ": " + energy(used) })),
  }));
  return {
    legend: legendOf(lines),
    chart: width => lineChart({
      name: "Estimated energy for one image against the number of time steps, with the ANN's energy as a level." + inTable,
      x: timeStepAxis(rows.map(row => row.T)),
      y: logAxis("energy for one image, log scale", rangeOf(values), value => brief(energy(value))),
      lines,
      reference: Number.isFinite(ann) && { y: ann, name: "ANN " + energy(ann) },
    }, width),
  };
}

/** Stages beside one another, each at least a fourteenth of the axis. */
function stageBands(metrics) {
  const stages = distinct(metrics.map(row => row.stage));
  const rows = stages.map(stage => metrics.filter(row => row.stage === stage));
  const parts = rows.map(of => Math.max(0.07 * metrics.length, of.length));
  const sum = parts.reduce((all, part) => all + part, 0);
  let from = 0;
  return stages.map((name, index) => {
    const band = { name, from, to: from + parts[index] / sum, rows: rows[index] };
    from = band.to;
    return band;
  });
}

/** A line for each stage, so that none joins two stages. */
const epochLines = (bands, what, style, value, shown) => bands.map(({ from, to, rows }) => ({
  style,
  points: rows.map((row, index) => ({
    x: from + ((to - from) * (index + 0.5)) / rows.length,
    y: value(row),
    hover: row.stage + ", epoch " + row.epoch + ", " + what + ": " + shown(value(row)),
  })),
}));

function epochAccuracy({ metrics }) {
  const bands = stageBands(metrics);
  const y = linearAxis("accuracy, %", rangeOf(metrics.flatMap(row => [row.trainAccuracy, row.validationAccuracy])), 100);
  const lines = [
    ...epochLines(bands, "training images", 0, row => row.trainAccuracy, percent),
    ...epochLines(bands, "validation", 1, row => row.validationAccuracy, percent),
  ];
  return {
    legend: [{ name: "validation", style: 1 }, { name: "training images, augmented", style: 0 }],
    chart: width => lineChart({ name: "Accuracy by stage and epoch." + inTable, x: noAxis, y, lines, bands }, width),
  };
}

function epochLoss({ metrics }) {
  const bands = stageBands(metrics);
  const [least, most] = rangeOf(metrics.map(row => row.loss));
  const y = least > 0 && most / least > 15
    ? logAxis("loss, mean over the epoch, log scale", [least, most])
    : linearAxis("loss, mean over the epoch", [Math.min(0, least), most]);
  const lines = epochLines(bands, "loss", 1, row => row.loss, significant);
  return { chart: width => lineChart({ name: "Loss by stage and epoch." + inTable, x: noAxis, y, lines, bands }, width) };
}

function wallTime({ summaries }) {
  const stages = Object.entries(summaries[0].wallSeconds);
  const longest = rangeOf(stages.map(stage => stage[1]))[1];
  const minutes = longest >= 120;
  const unit = minutes ? 1 / 60 : 1;
  return {
    chart: width => barChart({
      name: "Wall time of each stage." + inTable,
      x: linearAxis(minutes ? "wall time, minutes" : "wall time, seconds", [0, longest * unit]),
      rows: stages.map(([name, value]) => plainBar(name, value * unit, seconds(value))),
    }, width),
  };
}

const pointName = point => (point.network === "ann" ? "ANN, " + point.precision : "SNN, T = " + point.T) + (point.exit && ", " + point.exit);
const smallestBatch = points => Math.min(...points.map(point => point.batch));

/** What no other point beats: none takes no longer, is no worse, and is better in one of both. */
function unbeaten(points, quality) {
  const known = points.filter(point => Number.isFinite(quality(point)) && Number.isFinite(point.milliseconds.mean));
  const beats = (one, other) => {
    const sooner = other.milliseconds.mean - one.milliseconds.mean;
    const better = quality(one) - quality(other);
    return sooner >= 0 && better >= 0 && (sooner > 0 || better > 0);
  };
  return known.filter(point => !known.some(other => beats(other, point))).sort((a, b) => a.milliseconds.mean - b.milliseconds.mean);
}

function pareto({ latency }) {
  const points = latency.points.filter(point => point.batch === smallestBatch(latency.points));
  const byError = latency.points.some(point => Number.isFinite(point.relativeError));
  const value = point => (byError ? point.relativeError : point.accuracy) ?? NaN;
  const at = point => ({
    x: point.milliseconds.mean,
    y: value(point),
    hover: pointName(point) + ": " + (byError ? significant : percent)(value(point)) + " in " + significant(point.milliseconds.mean) + " ms",
  });
  const front = unbeaten(points, byError ? point => -value(point) : value);
  const kinds = [
    ["all T steps", point => point.network !== "ann" && !point.exit],
    ["early exit", point => point.exit],
    ["ANN", point => point.network === "ann"],
  ];
  // each point is a network of its own, so no line joins them but the front's; that comes first, so that marks lie on it
  const series = kinds.map(([name, wanted], index) => ({ name, style: index + 1, points: points.filter(wanted).map(at) }));
  const shown = series.filter(each => each.points.length);
  const lines = [{ name: "not beaten", style: 0, points: front.map(at) },
    ...shown.flatMap(({ style, points: of }) => of.map(point => ({ style, points: [point] })))];
  return {
    legend: [...legendOf(lines), ...legendOf(shown)],
    chart: width => lineChart({
      name: (byError ? "Relative error" : "Accuracy") + " against the mean time of a call." + inTable,
      x: logAxis("mean time of a call, ms, log scale", rangeOf(points.map(point => point.milliseconds.mean))),
      y: linearAxis(byError ? "relative error" : "accuracy, %", rangeOf(points.map(value)), byError ? 1 : 100),
      lines,
    }, width),
  };
}

function throughput({ latency }) {
  const points = latency.points.filter(point => point.network !== "ann" && !point.exit);
  const speed = point => point.imagesPerSecond.value;
  const batches = distinct(points.map(point => point.batch)).sort((a, b) => a - b);
  const lines = batches.map((batch, index) => ({
    name: "batch " + batch,
    style: index + 1,
    points: points.filter(point => point.batch === batch).map(point =>
      ({ x: point.T, y: speed(point), hover: pointName(point) + ", batch " + batch + ": " + significant(speed(point)) + " images/s" })),
  }));
  return {
    legend: legendOf(lines),
    chart: width => lineChart({
      name: "Images a second against the number of time steps, a line for each batch." + inTable,
      x: timeStepAxis(points.map(point => point.T)),
      y: logAxis("images/s, log scale", rangeOf(points.map(speed))),
      lines,
    }, width),
  };
}

function exits({ latency }, part) {
  const early = latency.points.filter(point => point.exit);
  const fixed = latency.points.filter(point => point.network !== "ann" && !point.exit && point.batch === early[0].batch);
  const all = [...fixed, ...early];
  const line = (name, style, points) => ({
    name,
    style,
    points: [...points].sort((a, b) => a.meanTimeSteps - b.meanTimeSteps).map(point => ({
      x: point.meanTimeSteps,
      y: point.accuracy,
      hover: (point.exit || pointName(point)) + ": " + percent(point.accuracy) + ", mean T " + decimal(point.meanTimeSteps, 2),
    })),
  });
  const lines = [line("all T steps", 1, fixed), line("early exit", 2, early)];
  const least = rangeOf((part === "close" ? early : all).map(point => point.accuracy))[0];
  return {
    legend: part === "close" ? [] : legendOf(lines),
    chart: width => lineChart({
      name: "Accuracy against the mean number of time steps, with early exits and without" +
        (part === "close" ? ", from the earliest exits up." : ".") + inTable,
      x: linearAxis("mean time steps", [0, rangeOf(all.map(point => point.meanTimeSteps))[1]]),
      y: linearAxis("accuracy, %", [least, rangeOf(all.map(point => point.accuracy))[1]], 100),
      lines,
    }, width),
  };
}

/** How far results are from targets: of = relativeError or psnr. */
function target({ target: { rows } }, of) {
  const value = row => row[of] ?? NaN;
  const range = rangeOf(rows.map(value).filter(each => of === "psnr" || each > 0));
  const lines = distinct(rows.map(row => row.output)).map((name, index) => ({
    name,
    style: index + 1,
    points: rows.filter(row => row.output === name).map(row => ({ x: row.T, y: value(row), hover: name + ", T = " + row.T + ": " + significant(value(row)) })),
  }));
  return {
    legend: legendOf(lines),
    chart: width => lineChart({
      name: (of === "psnr" ? "Peak signal-to-noise ratio" : "Relative error") + " against the number of time steps." + inTable,
      x: timeStepAxis(rows.map(row => row.T)),
      y: of === "psnr" ? linearAxis("PSNR, dB", range) : logAxis("relative error, log scale", range),
      lines,
    }, width),
  };
}

/** A quality of pictures, with what others reach. */
function quality({ curve }) {
  const steps = curve.points.map(point => point.timeSteps);
  const series = [["spiking network", curve.points.map(point => point.value)], ...curve.levels.map(level => [level.name, steps.map(() => level.value)])];
  const lines = series.map(([name, values], index) => ({
    name,
    style: index + 1,
    points: steps.map((T, at) => ({ x: T, y: values[at], hover: name + ", T = " + T + ": " + decimal(values[at], 2) })),
  }));
  return {
    legend: legendOf(lines),
    chart: width => lineChart({
      name: curve.quality + " against the number of time steps." + inTable,
      x: timeStepAxis(steps),
      y: linearAxis(curve.quality, rangeOf(series.flatMap(each => each[1]))),
      lines,
    }, width),
  };
}

const CHARTS = { accuracy, histogram, activity, layers, ablation, energies, epochAccuracy, epochLoss, wallTime, pareto, throughput, exits, target, quality };

function legendEntry({ name, style, bar }) {
  const swatch = svg("svg", { class: "swatch", "aria-hidden": "true", width: 30, height: 12, viewBox: "0 0 30 12" });
  if (bar) swatch.append(svg("rect", { class: "bar " + bar, x: 1, y: 1, width: 26, height: 10 }));
  else swatch.append(stroke("line " + styleOf(style), 0, 6, 30, 6), marker(style, 15, 6, 1, ""));
  const entry = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = name;
  entry.append(swatch, words);
  return entry;
}

/** Draws all figures for the width that they have; where a legend has a place of its own, it is shared by the figures beside it. */
function drawAll(data) {
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const made = CHARTS[figure.dataset.chart](data, figure.dataset.of);
    figure.hidden = !made;
    if (!made) continue;
    const legend = figure.querySelector(".legend") || figure.closest(".shared")?.querySelector(".legend");
    if (legend && made.legend?.length) legend.replaceChildren(...made.legend.map(legendEntry));
    const place = figure.querySelector(".drawing");
    place.replaceChildren(made.chart(place.clientWidth || 720));
  }
}

const reportData = JSON.parse(document.getElementById("data").textContent);
drawAll(reportData);
window.addEventListener("resize", () => drawAll(reportData));
