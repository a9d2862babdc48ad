// Small helpers, the colours of the theme, and what one answer says at one time step.

const byId = id => document.getElementById(id);

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Sizes a canvas for the screen's pixels; returns its context and its size in CSS pixels. */
function prepare(canvas) {
  const box = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return { context, width: box.width, height: box.height };
}

function label(context, text, x, y, align = "left", ink = "--muted") {
  context.font = "12px " + colour("--sans");
  context.fillStyle = colour(ink);
  context.textAlign = align;
  context.fillText(text, x, y);
}

function indexOfLargest(values) {
  return values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
}

const percent = value => (100 * value).toFixed(value < 0.0995 ? 1 : 0) + " %";

const grouped = value => value.toLocaleString("en-US");

/** What a neuron emitted in all whose spikes are worth the threshold of the side that it is on, times the step's gain. */
function followed(layer, steps, neuron, t) {
  const least = layer.thetaPositive[neuron] / 1024;
  let emitted = 0;
  [...steps.slice(0, t)].forEach((each, step) => {
    const sign = each === "+" ? 1 : each === "-" ? -1 : 0;
    const up = emitted > least || (emitted >= -least && sign > 0);
    emitted += sign * (layer.gains[step] ?? 1) * (up ? layer.thetaPositive : layer.thetaNegative)[neuron];
  });
  return emitted;
}

/** What each sampled neuron of a layer emitted in the mean over the first t steps. */
function rates(layer, t) {
  return layer.spikes.map((steps, neuron) => {
    const fired = symbol => [...steps.slice(0, t)].filter(each => each === symbol || each === "x").length;
    const positive = fired("+");
    const negative = fired("-");
    if (layer.model === "MEMORY" || layer.model === "GRADED") {
      return followed(layer, steps, neuron, t) / t;
    }
    return (positive * layer.thetaPositive[neuron] - negative * layer.thetaNegative[neuron]) / t;
  });
}

const total = (counts, t) => counts.slice(0, t).reduce((sum, count) => sum + count, 0);
