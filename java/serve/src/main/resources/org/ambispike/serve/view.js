// What an answer looks like: in all, and at one time step.

/** From so many layers on, each is drawn lower. */
const MANY_LAYERS = 7;

/**
 * What an answer is shown as, by the kind of the model: the part of the page, where it is asked for, and what is shown of it once,
 * said of it, and drawn at a time step. Another kind is another entry.
 */
const VIEWS = { classes: classView, values: valueView, boxes: boxView };

const view = () => VIEWS[anchors() ? "boxes" : page.model.kind];

const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Says a sentence to those who cannot see the page. */
function say(sentence) {
  byId("status").textContent = sentence;
}

function show(answer) {
  page.answer = answer;
  byId("result").hidden = false;
  byId("empty").hidden = true;
  drawSeen(byId("seen"), answer.image.shape, answer.trace.pixels);
  byId("changes").textContent = answer.image.changes.join("; ");
  byId("taken").textContent = answer.timeSteps;
  byId("latency").textContent = answer.milliseconds.toFixed(answer.milliseconds < 10 ? 2 : 0) + " ms";
  byId("time").max = answer.timeSteps;
  byId("layers").replaceChildren(...answer.trace.layers.map(layerView));
  byId("layers").classList.toggle("many", answer.trace.layers.length >= MANY_LAYERS);
  view().show(answer);
  const still = reducedMotion() || answer.timeSteps === 1;
  pause();
  moveTo(still ? answer.timeSteps : 1);
  announce();
  if (!still) play();
}

/** The final answer is said once; the steps on the way are not. */
function announce() {
  const { answer, asked } = page;
  const steps = answer.timeSteps + (answer.timeSteps === 1 ? " step" : " steps");
  const note =
    answer.exit === "never" || answer.timeSteps === asked
      ? "Answer after " + steps
      : "Settled after " + answer.timeSteps + " of " + asked + " steps";
  const { name, reference } = view().verdict(answer);
  byId("verdict-note").textContent = note;
  byId("verdict").textContent = name;
  byId("verdict").classList.toggle("long", name.length > 18);
  byId("verdict-ann").textContent = reference;
  say(note + ": " + name + ", " + reference + ".");
}

function element(tag, text, style) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = style || "";
  return made;
}

function layerView(layer) {
  const view = element("div", "", "layer");
  const head = document.createElement("header");
  const title = element("h3", layer.layer + "  ·  " + layer.shape.join(" × "));
  head.append(title, element("p", "", "note"));
  const raster = element("canvas", "", "raster");
  const scatter = element("div", "", "scatter");
  raster.setAttribute("role", "img");
  raster.setAttribute("aria-label", "Spikes of " + layer.sampled.length + " neurons of " + layer.layer);
  view.append(head, raster, scatter);
  return view;
}

function draw() {
  const { answer, t } = page;
  if (!answer) return;
  const layers = answer.trace.layers;
  view().draw(answer, t);
  let spikes = 0;
  [...byId("layers").children].forEach((view, index) => {
    const layer = layers[index];
    const plus = total(layer.positive, t);
    const minus = total(layer.negative, t);
    spikes += plus + minus;
    const chances = (layer.neurons * t) / 100;
    view.querySelector("p").textContent = "Fire in a step: " + (plus / chances).toFixed(1) + " % +, " +
      (minus / chances).toFixed(1) + " % −.  Distance from the ANN: " + percent(layer.error[t - 1]) + ".  " +
      layer.sampled.length + " of " + grouped(layer.neurons) + " neurons shown.";
    drawRaster(view.querySelector(".raster"), layer, t, answer.timeSteps);
    drawScatter(view.querySelector(".scatter"), layer, t, layers.length >= MANY_LAYERS ? 96 : 160);
  });
  byId("spikes").textContent = grouped(spikes);
}
