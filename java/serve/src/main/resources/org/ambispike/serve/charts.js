// The answer over time, and rates against activations.

const LINES = ["--ink", "--green", "--purple", "--ochre"];
const DASHES = [[], [10, 4], [3, 4], [10, 3, 3, 3]];

/** The classes worth a line of their own: those that were likeliest at any step or come out likeliest, at most four. */
function leadingClasses(probabilities) {
  const last = probabilities[probabilities.length - 1];
  const peak = last.map((value, index) => value + Math.max(...probabilities.map(step => step[index])));
  const order = peak.map((value, index) => index).sort((a, b) => peak[b] - peak[a]);
  const best = indexOfLargest(last);
  return [best, ...order.filter(index => index !== best)].slice(0, Math.min(LINES.length, order.length));
}

function drawSettling(canvas, probabilities, leading, t) {
  const { context, width, height } = prepare(canvas);
  const left = 48, right = 10, top = 12, bottom = 24;
  const steps = probabilities.length;
  const x = step => (steps === 1 ? (left + width - right) / 2 : left + ((step - 1) * (width - left - right)) / (steps - 1));
  const y = value => top + (1 - value) * (height - top - bottom);
  context.lineWidth = 1;
  for (const value of [0, 0.5, 1]) {
    context.strokeStyle = colour(value === 0 ? "--base" : "--grid");
    context.beginPath();
    context.moveTo(left, Math.round(y(value)) + 0.5);
    context.lineTo(width - right, Math.round(y(value)) + 0.5);
    context.stroke();
    label(context, 100 * value + " %", left - 8, y(value) + 4, "right");
  }
  const every = Math.max(1, Math.ceil(steps / 8));
  for (let step = 1; step <= steps; step++) {
    if (step === steps || ((step - 1) % every === 0 && (steps - step) * (width - left - right) >= 90 * (steps - 1))) {
      const last = step === steps && steps > 1;
      label(context, (last ? "time step " : "") + step, x(step), height - 6, last ? "right" : "center");
    }
  }
  context.strokeStyle = colour("--ink");
  context.beginPath();
  context.moveTo(x(t), top);
  context.lineTo(x(t), height - bottom);
  context.stroke();
  const draw = (index, until) => {
    context.beginPath();
    for (let step = 1; step <= until; step++) context.lineTo(x(step), y(probabilities[step - 1][index]));
    context.stroke();
  };
  context.lineJoin = "round";
  context.strokeStyle = colour("--rule");
  probabilities[0].forEach((value, index) => {
    if (!leading.includes(index)) draw(index, t);
  });
  [...leading].reverse().forEach(index => {
    const place = leading.indexOf(index);
    context.strokeStyle = colour(LINES[place]);
    context.fillStyle = colour(LINES[place]);
    context.lineWidth = place === 0 ? 2.5 : 1.75;
    context.globalAlpha = 0.22;
    context.setLineDash([]);
    draw(index, steps);
    context.globalAlpha = 1;
    context.setLineDash(DASHES[place]);
    draw(index, t);
    context.setLineDash([]);
    context.beginPath();
    context.arc(x(t), y(probabilities[t - 1][index]), 3.5, 0, 7);
    context.fill();
  });
}

/** What neurons emit on average, up, against their activations in the ANN, across; both in the ANN's units. */
function drawScatter(canvas, layer, t) {
  const { context, width, height } = prepare(canvas);
  const left = 46, right = 8, top = 8, bottom = 38;
  const means = rates(layer, t);
  const low = Math.min(0, ...layer.ann, ...layer.thetaNegative.map(theta => -theta));
  const high = Math.max(1e-6, ...layer.ann, ...layer.thetaPositive);
  const pad = 0.04 * (high - low);
  const across = value => left + ((value - low + pad) * (width - left - right)) / (high - low + 2 * pad);
  const up = value => height - bottom - ((value - low + pad) * (height - top - bottom)) / (high - low + 2 * pad);
  context.fillStyle = colour("--band");
  context.fillRect(left, top, width - left - right, height - top - bottom);
  context.lineWidth = 1;
  context.strokeStyle = colour("--rule");
  context.beginPath();
  context.moveTo(across(0), top);
  context.lineTo(across(0), height - bottom);
  context.moveTo(left, up(0));
  context.lineTo(width - right, up(0));
  context.stroke();
  const digits = Math.max(0, Math.min(3, 1 - Math.floor(Math.log10(high - low))));
  for (const value of [0, high]) {
    const text = value === 0 ? "0" : value.toFixed(digits);
    label(context, text, left - 6, up(value) + 4, "right");
    label(context, text, across(value), height - bottom + 15, value === 0 ? "center" : "right");
  }
  context.strokeStyle = colour("--base");
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(across(low), up(low));
  context.lineTo(across(high), up(high));
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 0.75;
  means.forEach((mean, neuron) => {
    context.fillStyle = colour(mean < 0 ? "--blue" : "--vermillion");
    context.beginPath();
    context.arc(across(layer.ann[neuron]), up(mean), 3, 0, 7);
    context.fill();
  });
  context.globalAlpha = 1;
  label(context, "↑ mean emitted", left + 8, top + 18);
  label(context, "ANN activation →", width - right, height - 6, "right");
}
