// Charts in SVG, for reports and for the live page: lines over two axes, bars in rows, histograms. What a chart shows is data; each
// is drawn for a width in pixels.

/** Width of a glyph of a chart's text on average, in pixels. */
const GLYPH = 6.8;
const MOST_TICKS = 6;
const TOLERANCE = 1e-9;
/** A marker for each style, so that no two differ by colour alone. */
const MARKERS = [
  "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z",
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
  "M-3.6,-3.6h7.2v7.2h-7.2z",
  "M0,-4.8L4.6,3.4H-4.6z",
  "M0,-5L5,0L0,5L-5,0z",
  "M0,4.8L4.6,-3.4H-4.6z",
  "M-4.2,-1.4h2.8v-2.8h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8z",
];

const px = value => Math.round(10 * value) / 10;

/** An element of SVG; strings become text, never markup. */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, typeof value === "number" ? px(value) : value);
  made.append(...children);
  return made;
}

const text = (words, style, x, y, ...children) => svg("text", { class: style, x, y }, words, ...children);
const stroke = (style, x1, y1, x2, y2) => svg("line", { class: style, x1, y1, x2, y2 });
const widthOf = words => GLYPH * [...words].length;
const widest = names => Math.max(0, ...names.map(widthOf));

/** Cuts a text that is wider than so many pixels, and says so by an ellipsis. */
function fit(words, width) {
  return widthOf(words) <= width ? words : [...words].slice(0, Math.max(1, Math.floor(width / GLYPH) - 1)).join("") + "…";
}

/** With so many decimals, in groups of three; what was not measured is a dash. */
function decimal(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  const shown = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (value < 0 && /[1-9]/.test(shown) ? "−" : "") + shown;
}

/** Three significant figures. */
function significant(value) {
  if (!value || !Number.isFinite(value)) return value === 0 ? "0" : "–";
  const [figures, exponent] = value.toExponential(2).split("e");
  return Math.abs(value) < 1e-6 ? (figures + "e" + exponent).replaceAll("-", "−") : decimal(Number(value.toPrecision(3)), Math.max(0, 2 - exponent));
}

/** Without the last zeros after the point, for an axis: 50.0 µJ is 50 µJ. */
const brief = figure => figure.replace(/(\.\d*?)0+(?= |$)/, "$1").replace(/\.(?= |$)/, "");

// Axes: { title, low, high, ticks: [{ value, name }], log }

/** Where a value lies: 0 at the axis' beginning, 1 at its end. */
function placeOn(axis, value) {
  return axis.log ? Math.log(Math.max(value, axis.low) / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
}

function isOn(axis, value) {
  const slack = TOLERANCE * (axis.high - axis.low);
  return Number.isFinite(value) && value >= axis.low - slack && value <= axis.high + slack;
}

/** The least and the largest of what is finite, or a range of its own where nothing is. */
function rangeOf(values, otherwise = [0, 1]) {
  const finite = values.filter(Number.isFinite);
  return finite.length ? [Math.min(...finite), Math.max(...finite)] : otherwise;
}

/** 1, 2 or 5 times a power of ten, so that there are few ticks. */
function tickStep(low, high) {
  const raw = Math.max(high - low, Math.max(Math.abs(high), 1e-9) * 1e-6) / (MOST_TICKS - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find(each => raw <= each * power * (1 + TOLERANCE)) || 10) * power;
}

/** From a tick at or below low to one at or above high; labels get unit times the value. */
function linearAxis(title, [low, high], unit = 1) {
  const step = tickStep(low, high);
  const first = Math.floor(low / step + TOLERANCE);
  const last = Math.max(first + 1, Math.ceil(high / step - TOLERANCE));
  const decimals = Math.max(0, -Math.floor(Math.log10(step * unit) + TOLERANCE));
  const ticks = [];
  for (let at = first; at <= last; at++) ticks.push({ value: at * step, name: decimal(at * step * unit, decimals) });
  return { title, low: first * step, high: last * step, ticks };
}

/** From low to high exactly. */
function exactAxis(title, [low, high], unit = 1) {
  const axis = { title, low, high };
  return { ...axis, ticks: linearAxis("", [low, high], unit).ticks.filter(tick => isOn(axis, tick.value)) };
}

/** Decades, or 1, 2 and 5 of each where there are few, around positive values. */
function logAxis(title, [low, high], name = value => brief(significant(value))) {
  const first = Math.floor(Math.log10(low) + TOLERANCE);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - TOLERANCE));
  const stride = Math.ceil((last - first) / MOST_TICKS);
  const values = [];
  for (let decade = first; decade <= last; decade += stride) {
    values.push(...(last - first <= 2 ? [1, 2, 5] : [1]).map(each => each * 10 ** decade));
  }
  const begin = values.filter(each => each <= low * (1 + TOLERANCE)).pop() ?? low;
  const end = values.find(each => each >= high * (1 - TOLERANCE) && each > begin) ?? Math.max(high, 10 * begin);
  const ticks = values.filter(each => each >= begin && each <= end).map(value => ({ value, name: name(value) }));
  return { title, log: true, low: begin, high: end, ticks };
}

/** The numbers of time steps that were measured, with a margin on both sides. */
function timeStepAxis(all) {
  const steps = [...new Set(all)].sort((a, b) => a - b);
  const ticks = steps.map(value => ({ value, name: String(value) }));
  return { title: "time steps T, log scale", log: true, low: steps[0] / 1.15, high: steps[steps.length - 1] * 1.15, ticks };
}

const noAxis = { title: "", low: 0, high: 1, ticks: [] };

/** The rectangle that data is drawn in. */
function frameOf(left, top, width, height, x, y) {
  return {
    left, top, width, height, x, y, right: left + width, bottom: top + height,
    across: value => left + width * placeOn(x, value),
    down: value => top + height * (1 - placeOn(y, value)),
  };
}

/** Space for the labels of the y axis. */
const leftOf = y => Math.max(30, 7 + widest(y.ticks.map(tick => tick.name)));

function yAxis({ left, top, right, y, down }) {
  const parts = y.ticks.flatMap(({ value, name }) =>
    [stroke("grid", left, down(value), right, down(value)), text(name, "tick end", left - 7, down(value) + 4)]);
  return y.title ? [...parts, text(y.title, "axis", 0, top - 14)] : parts;
}

function xAxis({ left, right, bottom, x, across }) {
  const parts = x.ticks.flatMap(({ value, name }) =>
    [stroke("base", across(value), bottom, across(value), bottom + 4), text(name, "tick middle", across(value), bottom + 18)]);
  const title = x.title ? [text(x.title, "axis end", right, bottom + 36)] : [];
  return [stroke("base", left, bottom, right, bottom), ...parts, ...title];
}

function drawing(name, width, height, ...parts) {
  return svg("svg", {
    class: "chart", role: "img", "aria-label": name, viewBox: "0 0 " + px(width) + " " + px(height), width, height,
  }, ...parts);
}

const styleOf = index => "s" + (index === 0 ? 0 : 1 + ((index - 1) % (MARKERS.length - 1)));

/** A style's marker, which says a sentence when pointed at. */
function marker(style, x, y, size, hover) {
  const mark = svg("g", { class: "mark " + styleOf(style), transform: "translate(" + px(x) + " " + px(y) + ") scale(" + size + ")" });
  if (hover) mark.append(svg("title", {}, hover), svg("circle", { class: "hit", r: 10 }));
  mark.append(svg("path", { d: MARKERS[Number(styleOf(style).slice(1))] }));
  return mark;
}

/** A line through points from left to right, interrupted where a value is not finite. */
function path(style, points, { across, down }) {
  let pen = "M";
  let route = "";
  for (const { x, y } of points) {
    const there = Number.isFinite(x) && Number.isFinite(y);
    if (there) route += pen + px(across(x)) + "," + px(down(y));
    pen = there ? "L" : "M";
  }
  return svg("path", { class: style, d: route });
}

/** Markers that would run into one another are drawn smaller. */
function markers(line, frame) {
  const last = line.points.length - 1;
  const run = last < 1 ? frame.width : frame.across(line.points[last].x) - frame.across(line.points[0].x);
  const size = run / (last + 1) < 13 ? 0.6 : 1;
  return line.points.filter(({ x, y }) => isOn(frame.x, x) && isOn(frame.y, y))
    .map(({ x, y, hover }) => marker(line.style, frame.across(x), frame.down(y), size, hover));
}

function bandParts(bands, frame, slanted) {
  return bands.flatMap(({ from, to, name }, index) => {
    const middle = (frame.across(from) + frame.across(to)) / 2 + (slanted ? 4 : 0);
    const words = text(fit(name, slanted ? (middle - 4) / 0.8 : Infinity), slanted ? "tick end" : "tick middle", 0, 0);
    const turn = slanted ? " rotate(-38)" : "";
    words.setAttribute("transform", "translate(" + px(middle) + " " + px(frame.bottom + (slanted ? 14 : 18)) + ")" + turn);
    const ground = { class: "band", x: frame.across(from), y: frame.top, width: frame.across(to) - frame.across(from), height: frame.height };
    return index % 2 ? [svg("rect", ground), words] : [words];
  });
}

/**
 * Lines with markers over two axes.
 *
 * lines are { style, points: [{ x, y, hover }] }, or { css, points } for a line without markers; dots are { x, y, css }; bands are parts of
 * the x axis with names of their own, { from, to, name }; reference is a level { y, name } drawn across; height is of the data's rectangle.
 */
function lineChart({ name, x, y, lines, dots = [], bands = [], reference, height }, width) {
  const left = leftOf(y);
  const plot = width - left - 10;
  const slanted = bands.some(band => widthOf(band.name) + 6 > plot * (band.to - band.from));
  const high = height || (width > 500 ? 0.4 : 0.6) * width;
  const frame = frameOf(left, y.title ? 32 : 10, plot, high, x, y);
  const below = slanted ? Math.max(44, 18 + 0.62 * widest(bands.map(band => band.name))) : x.title || bands.length ? 44 : 24;
  const level = reference && isOn(y, reference.y)
    ? [stroke("reference", left, frame.down(reference.y), frame.right, frame.down(reference.y)),
       text(reference.name, "label", left + 6, frame.down(reference.y) - 6)]
    : [];
  const clip = svg("svg", { x: left, y: frame.top, width: plot, height: high, viewBox: [left, frame.top, plot, high].map(px).join(" ") },
    ...lines.map(line => path(line.css || "line " + styleOf(line.style), line.points, frame)));
  return drawing(name, width, frame.bottom + below, ...bandParts(bands, frame, slanted), ...yAxis(frame), ...xAxis(frame), ...level,
    clip, ...lines.filter(line => !line.css).flatMap(line => markers(line, frame)),
    ...dots.map(dot => svg("circle", { class: "dot " + dot.css, cx: frame.across(dot.x), cy: frame.down(dot.y), r: 3 })));
}

/** Horizontal bars: rows are { name, bars: [[{ value, css, label, hover }]] }, a list for each line of a row; dots replace bars where 0 is not on the axis. */
function barChart({ name, x, rows, dots }, width) {
  const thick = 10, gap = 2, rowGap = 14, top = 8;
  const left = Math.min(widest(rows.map(row => row.name)) + 12, 0.38 * width);
  const labels = Math.max(...rows.flatMap(row => row.bars.flat()).map(bar => (bar.label ? widthOf(bar.label) + 4 : 0)));
  const heights = rows.map(row => row.bars.length * (thick + gap) - gap + rowGap);
  const high = heights.reduce((sum, each) => sum + each, rowGap);
  const frame = frameOf(left, top, width - left - 14 - labels, high, x, noAxis);
  const parts = x.ticks.map(tick => stroke("grid", frame.across(tick.value), top, frame.across(tick.value), frame.bottom));
  let at = top + rowGap;
  rows.forEach((row, index) => {
    const middle = at + (heights[index] - rowGap) / 2;
    parts.push(text(fit(row.name, left - 10), "label end", left - 10, middle + 4, svg("title", {}, row.name)));
    if (dots) parts.push(stroke("grid", left, middle, frame.right, middle));
    row.bars.forEach((line, below) => {
      const y = at + below * (thick + gap);
      line.filter(bar => isOn(x, bar.value)).forEach(({ value, css, label, hover }) => {
        const [zero, end] = [frame.across(0), frame.across(value)];
        const box = { class: "bar " + css, x: Math.min(zero, end), y, width: Math.abs(end - zero), height: thick };
        parts.push(dots ? marker(1, end, y + thick / 2, 1, hover) : svg("rect", box, svg("title", {}, hover)));
        if (label) parts.push(text(label, "tick", end + (dots ? 9 : 6), y + thick / 2 + 4));
      });
    });
    at += heights[index];
  });
  if (!dots) parts.push(stroke("base", frame.across(0), top, frame.across(0), frame.bottom));
  return drawing(name, width, frame.bottom + 44, ...parts, ...xAxis(frame));
}

/** A dashed line at a threshold, its name in a line of its own above the bars. */
function thresholdParts(frame, value, name, css, line) {
  if (!isOn(frame.x, value)) return [];
  const x = frame.across(value);
  const y = frame.top - 6 - 15 * line;
  const words = name + significant(value);
  const rightwards = x + 6 + widthOf(words) < frame.right;
  return [stroke("threshold " + css, x, y - 10, x, frame.bottom),
    text(words, "threshold-label " + css + (rightwards ? "" : " end"), x + (rightwards ? 5 : -5), y)];
}

/** Histograms under each other, counts on the same logarithmic axis: panels are { title, low, high, counts, positive, negative }. */
function histogramChart({ name, panels }, width) {
  const most = Math.max(10, ...panels.flatMap(panel => panel.counts));
  const decade = value => (value < 100 ? String(value) : "10" + [...String(Math.round(Math.log10(value)))].map(each => "⁰¹²³⁴⁵⁶⁷⁸⁹"[each]).join(""));
  const ticks = logAxis("", [1, most], decade).ticks.filter(tick => Number.isInteger(Math.log10(tick.value)));
  const y = { title: "", log: true, low: 0.5, high: most, ticks };
  const left = leftOf(y);
  const tall = 24 + 34 + 104 + 44;
  const parts = panels.flatMap((panel, index) => {
    const { low, high, counts } = panel;
    const positive = panel.positive ?? NaN, negative = panel.negative ?? NaN;
    const range = [Math.min(low, -negative || 0), Math.max(high, positive || 0)];
    const margin = 0.01 * (range[1] - range[0]);
    const x = exactAxis("activation", [range[0] - margin, range[1] + margin]);
    const frame = frameOf(left, index * tall + 58, width - left - 10, 104, x, y);
    const bins = counts.map((count, bin) => "V" + px(frame.down(Math.max(y.low, count))) + "H" + px(frame.across(low + ((bin + 1) * (high - low)) / counts.length)));
    const outline = "M" + px(frame.across(low)) + "," + px(frame.bottom) + bins.join("") + "V" + px(frame.bottom) + "z";
    return [text(panel.title, "axis", 0, index * tall + 12), ...yAxis(frame), svg("path", { class: "histogram", d: outline }),
      ...thresholdParts(frame, -negative, "θ− at ", "negative", 1), ...thresholdParts(frame, positive, "θ+ at ", "positive", 0),
      ...xAxis(frame)];
  });
  return drawing(name, width, panels.length * tall, ...parts);
}
