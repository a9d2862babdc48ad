// Results that are no classes: maps as pictures, vectors as numbers, after t steps beside the ANN's.

/** Values of a vector that are shown one by one. */
const MOST_VALUES = 24;

function floats(base64) {
  return new Float32Array(Uint8Array.from(atob(base64), each => each.charCodeAt(0)).buffer);
}

/** The model's outputs with where their values begin. */
function placedOutputs() {
  let offset = 0;
  return page.model.outputs.map(output => {
    const length = output.shape.reduce((product, extent) => product * extent, 1);
    const placed = { ...output, offset, length };
    offset += length;
    return placed;
  });
}

/** The channels that a picture of a map is made of: all three as colours, or one. */
function channelsOf(output, chosen) {
  return output.shape[2] === 3 && chosen < 0 ? [0, 1, 2] : [Math.max(0, chosen)].flatMap(each => [each, each, each]);
}

function drawMap(canvas, output, values, chosen, low, high) {
  const [height, width, channels] = output.shape;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const shown = channelsOf(output, chosen);
  for (let place = 0; place < height * width; place++) {
    shown.forEach((channel, colour) => {
      const value = values[output.offset + place * channels + channel];
      picture.data[4 * place + colour] = (255 * (value - low)) / (high - low || 1);
    });
    picture.data[4 * place + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** The smallest and largest value of the ANN's channels that are shown, so that both pictures have one scale. */
function scaleOf(output, values, chosen) {
  const shown = new Set(channelsOf(output, chosen));
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < output.length; index++) {
    if (shown.has(index % output.shape[2])) {
      low = Math.min(low, values[output.offset + index]);
      high = Math.max(high, values[output.offset + index]);
    }
  }
  return [low, high];
}

function picture(name, kind) {
  const figure = element("figure", "");
  const canvas = element("canvas", "", kind);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  figure.append(canvas, element("figcaption", name));
  return figure;
}

function channelChoice(output) {
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", "Channel of " + output.name);
  if (output.shape[2] === 3) choice.append(new Option("colours", "-1"));
  for (let channel = 0; channel < output.shape[2]; channel++) choice.append(new Option("channel " + channel, channel));
  choice.addEventListener("change", draw);
  return choice;
}

function outputView(output) {
  const made = element("div", "", "output");
  made.append(element("h3", output.name + "  ·  " + output.shape.join(" × ")));
  if (output.shape.length === 3) {
    if (output.shape[2] > 1) made.append(channelChoice(output));
    made.append(picture(output.name + " so far", "now"), picture(output.name + " of the ANN", "ann"));
  } else {
    const list = element("ol", "", "values");
    for (let index = 0; index < Math.min(MOST_VALUES, output.length); index++) list.append(element("li", ""));
    made.append(list);
    if (output.length > MOST_VALUES) made.append(element("p", "The first " + MOST_VALUES + " values.", "note"));
  }
  return made;
}

function drawOutput(made, output, t) {
  const now = page.values[t - 1];
  if (output.shape.length === 3) {
    const choice = made.querySelector("select");
    const chosen = choice ? Number(choice.value) : 0;
    const [low, high] = scaleOf(output, page.annValues, chosen);
    drawMap(made.querySelector(".now"), output, now, chosen, low, high);
    drawMap(made.querySelector(".ann"), output, page.annValues, chosen, low, high);
    return;
  }
  [...made.querySelector("ol").children].forEach((entry, index) => {
    entry.textContent = now[output.offset + index].toPrecision(4) + "  (ANN " +
      page.annValues[output.offset + index].toPrecision(4) + ")";
  });
}

const distance = t => percent(page.answer.trace.errors[t - 1]) + " from the ANN";

/** See VIEWS. */
const valueView = {
  part: "outputs-part",
  path: "/v1/run",
  show(answer) {
    page.values = answer.trace.values.map(floats);
    page.annValues = floats(answer.trace.ann.values);
    page.placed = placedOutputs();
    byId("outputs").replaceChildren(...page.placed.map(outputView));
  },
  verdict: answer => ({
    name: distance(answer.timeSteps),
    reference: "Norm of the difference from the ANN’s results over their norm",
  }),
  leader: distance,
  draw(answer, t) {
    byId("outputs-now").textContent = "After step " + t + ": " + distance(t);
    [...byId("outputs").children].forEach((made, index) => drawOutput(made, page.placed[index], t));
  },
};
