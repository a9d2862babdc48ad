// What an answer looks like: in all, and at one time step.

/** From so many layers on, each is drawn lower. */
const MANY_LAYERS = 7;

const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Says a sentence to those who cannot see the page. */
function say(sentence) {
  byId("status").textContent = sentence;
}

function show(answer) {
  page.answer = answer;
  page.leading = leadingClasses(answer.trace.probabilities);
  byId("result").hidden = false;
  byId("empty").hidden = true;
  drawSeen(byId("seen"), answer.image.shape, answer.trace.pixels);
  byId("changes").textContent = answer.image.changes.join("; ");
  byId("taken").textContent = answer.timeSteps;
  byId("latency").textContent = answer.milliseconds.toFixed(answer.milliseconds < 10 ? 2 : 0) + " ms";
  byId("time").max = answer.timeSteps;
  byId("layers").replaceChildren(...answer.trace.layers.map(layerView));
  byId("layers").classList.toggle("many", answer.trace.layers.length >= MANY_LAYERS);
  byId("settling-legend").replaceChildren(...page.leading.map(legendEntry), ...otherClasses());
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
  const ann = answer.trace.ann;
  const reference = percent(Math.max(...answer.probabilities)) + " sure; the ANN says " +
    (ann.class === answer.class ? "the same" : ann.className) + ", " + percent(Math.max(...ann.probabilities));
  byId("verdict-note").textContent = note;
  byId("verdict").textContent = answer.className;
  byId("verdict").classList.toggle("long", answer.className.length > 18);
  byId("verdict-ann").textContent = reference;
  say(note + ": " + answer.className + ", " + reference + ".");
}

function element(tag, text, style) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = style || "";
  return made;
}

function legendEntry(index, place) {
  const entry = element("li", "");
  const swatch = element("i", "", "line");
  swatch.style.setProperty("--c", "var(" + LINES[place] + ")");
  swatch.style.borderTopStyle = place === 0 ? "solid" : place === 2 ? "dotted" : "dashed";
  entry.append(swatch, element("span", page.model.classes[index]), element("b", ""));
  return entry;
}

function otherClasses() {
  const others = page.model.classes.length - page.leading.length;
  if (others < 1) return [];
  const entry = element("li", "");
  const swatch = element("i", "", "line thin");
  swatch.style.setProperty("--c", "var(--base)");
  entry.append(swatch, element("span", others + (others === 1 ? " other class" : " other classes")));
  return [entry];
}

function layerView(layer) {
  const view = element("div", "", "layer");
  const head = document.createElement("header");
  const title = element("h3", layer.layer + "  ·  " + layer.shape.join(" × "));
  head.append(title, element("p", "", "note"));
  const raster = element("canvas", "", "raster");
  const scatter = element("canvas", "", "scatter");
  for (const canvas of [raster, scatter]) canvas.setAttribute("role", "img");
  raster.setAttribute("aria-label", "Spikes of " + layer.sampled.length + " neurons of " + layer.layer);
  scatter.setAttribute("aria-label", "Mean emitted values of " + layer.layer + " against the ANN's activations");
  view.append(head, raster, scatter);
  return view;
}

/** The likeliest class after t steps, for people. */
function leader(t) {
  const probabilities = page.answer.trace.probabilities[t - 1];
  const best = indexOfLargest(probabilities);
  return page.model.classes[best] + ", " + percent(probabilities[best]);
}

function draw() {
  const { answer, t, leading } = page;
  if (!answer) return;
  const { layers, probabilities } = answer.trace;
  byId("now").textContent = "After step " + t + ": " + leader(t);
  drawSettling(byId("settling"), probabilities, leading, t);
  leading.forEach((index, place) => {
    byId("settling-legend").children[place].lastChild.textContent = percent(probabilities[t - 1][index]);
  });
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
    drawScatter(view.querySelector(".scatter"), layer, t);
  });
  byId("spikes").textContent = grouped(spikes);
}
