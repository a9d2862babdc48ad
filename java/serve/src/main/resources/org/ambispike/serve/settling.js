// The answer over time, and rates against activations, as charts.

/** As many classes or boxes have a line of their own. */
const LEADING = 4;

/** The classes worth a line of their own: those that were likeliest at any step or come out likeliest. */
function leadingClasses(probabilities) {
  const last = probabilities[probabilities.length - 1];
  const peak = last.map((value, index) => value + Math.max(...probabilities.map(step => step[index])));
  const order = peak.map((value, index) => index).sort((a, b) => peak[b] - peak[a]);
  const best = indexOfLargest(last);
  return [best, ...order.filter(index => index !== best)].slice(0, LEADING);
}

/** A line of the legend, with a place for its value at the moment. */
function leadingEntry(name, place) {
  const entry = element("li", "");
  entry.append(element("i", "", "swatch lead" + place), element("span", name), element("b", ""));
  return entry;
}

function drawSettling(place, name, probabilities, leading, t) {
  const steps = probabilities.length;
  const every = Math.max(1, Math.ceil(steps / 8));
  const ticks = probabilities.map((_, index) => ({ value: index + 1, name: String(index + 1) }))
    .filter(({ value }) => value === steps || ((value - 1) % every === 0 && steps - value >= every));
  const line = (index, until, css) =>
    ({ css, points: probabilities.slice(0, until).map((step, at) => ({ x: at + 1, y: step[index] })) });
  const others = probabilities[0].map((_, index) => index).filter(index => !leading.includes(index));
  const drawn = [...leading].reverse().flatMap(index => {
    const css = "line lead" + leading.indexOf(index);
    return [line(index, steps, css + " faint"), line(index, t, css)];
  });
  place.replaceChildren(lineChart({
    name,
    height: 184,
    x: { title: "time step", low: steps === 1 ? 0 : 1, high: steps === 1 ? 2 : steps, ticks },
    y: { title: "", low: 0, high: 1, ticks: [0, 0.5, 1].map(value => ({ value, name: 100 * value + " %" })) },
    lines: [
      ...others.map(index => line(index, t, "line other")),
      { css: "cursor", points: [{ x: t, y: 0 }, { x: t, y: 1 }] },
      ...drawn,
    ],
    dots: leading.map((index, rank) => ({ x: t, y: probabilities[t - 1][index], css: "lead" + rank })),
  }, place.clientWidth));
}

/** What neurons emit on average, up, against their activations in the ANN, across; both in the ANN's units. */
function drawScatter(place, layer, t, height) {
  const low = Math.min(0, ...layer.ann, ...layer.thetaNegative.map(theta => -theta));
  const high = Math.max(1e-6, ...layer.ann, ...layer.thetaPositive);
  const pad = 0.04 * (high - low);
  const digits = Math.max(0, Math.min(3, 1 - Math.floor(Math.log10(high - low))));
  const axis = title => ({
    title, low: low - pad, high: high + pad, ticks: [{ value: 0, name: "0" }, { value: high, name: high.toFixed(digits) }],
  });
  place.replaceChildren(lineChart({
    name: "Mean emitted values of " + layer.layer + " against the ANN's activations",
    height,
    x: axis("ANN activation →"),
    y: axis("↑ mean emitted"),
    lines: [
      { css: "grid", points: [{ x: 0, y: low - pad }, { x: 0, y: high + pad }] },
      { css: "reference", points: [{ x: low, y: low }, { x: high, y: high }] },
    ],
    dots: rates(layer, t).map((y, neuron) => ({ x: layer.ann[neuron], y, css: y < 0 ? "negative" : "positive" })),
  }, place.clientWidth));
}
