// What a person does, and what the server says.

const page = { answer: null, t: 1, playing: 0, source: null, model: null, request: 0 };
const LARGEST_UPLOAD = 2 << 20;
const LARGEST_SIDE = 1024;

function fail(message) {
  byId("error").textContent = message;
  byId("error").hidden = false;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

function query() {
  const parameters = new URLSearchParams({ timeSteps: byId("steps").value, trace: "true" });
  if (byId("rule").value) parameters.set("exit", byId("rule").value + "=" + byId("threshold").value);
  if (byId("invert").checked) parameters.set("invert", "true");
  return parameters;
}

/** Large photographs are made smaller here: the network takes far less anyway. */
async function upload(blob) {
  if (blob.size <= LARGEST_UPLOAD) return blob;
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, "image/png"));
}

async function classify() {
  if (!page.source) return;
  const request = ++page.request;
  byId("result").setAttribute("aria-busy", "true");
  try {
    const body = await upload(page.source);
    const type = body.type.startsWith("image/") ? body.type : "image/png";
    const answer = await ask("/v1/classify?" + query(), { method: "POST", headers: { "Content-Type": type }, body });
    if (request === page.request) show(answer);
  } catch (problem) {
    if (request === page.request) fail(problem.message || "the server did not answer");
  } finally {
    if (request === page.request) byId("result").removeAttribute("aria-busy");
  }
}

function show(answer) {
  page.answer = answer;
  page.leading = leadingClasses(answer.trace.probabilities);
  byId("error").hidden = true;
  byId("result").hidden = false;
  drawSeen(byId("seen"), answer.image.shape, answer.trace.pixels);
  byId("changes").textContent = answer.image.changes.join("; ");
  byId("taken").textContent = answer.timeSteps;
  byId("latency").textContent = answer.milliseconds.toFixed(answer.milliseconds < 10 ? 2 : 0) + " ms";
  byId("time").max = answer.timeSteps;
  byId("layers").replaceChildren(...answer.trace.layers.map(layerView));
  byId("settling-legend").replaceChildren(...page.leading.map(legendEntry));
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches || answer.timeSteps === 1;
  pause();
  moveTo(still ? answer.timeSteps : 1);
  announce();
  if (!still) play();
}

/** The final answer is said once; the steps on the way are not. */
function announce() {
  const answer = page.answer;
  byId("verdict-note").textContent =
    answer.exit === "never" || answer.timeSteps === Number(byId("steps").value)
      ? "Answer after " + answer.timeSteps + (answer.timeSteps === 1 ? " step" : " steps")
      : "Settled after " + answer.timeSteps + " of " + byId("steps").value + " steps";
  byId("verdict").textContent = answer.className;
  const ann = answer.trace.ann;
  byId("verdict-ann").textContent = percent(Math.max(...answer.probabilities)) + " sure; the ANN says " +
    (ann.class === answer.class ? "the same" : ann.className) + ", " + percent(Math.max(...ann.probabilities));
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
  entry.append(swatch, element("span", page.model.classes[index]), element("output", ""));
  return entry;
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

function moveTo(t) {
  const answer = page.answer;
  page.t = Math.min(Math.max(1, t), answer.timeSteps);
  byId("time").value = page.t;
  byId("time-value").textContent = "t = " + page.t + " / " + answer.timeSteps;
  draw();
}

function draw() {
  const { answer, t, leading } = page;
  if (!answer) return;
  const { layers, probabilities } = answer.trace;
  drawSettling(byId("settling"), probabilities, leading, t);
  [...byId("settling-legend").children].forEach((entry, place) => {
    entry.lastChild.textContent = percent(probabilities[t - 1][leading[place]]);
  });
  let spikes = 0;
  [...byId("layers").children].forEach((view, index) => {
    const layer = layers[index];
    const plus = total(layer.positive, t);
    const minus = total(layer.negative, t);
    spikes += plus + minus;
    const chances = (layer.neurons * t) / 100;
    view.querySelector("p").textContent = (plus / chances).toFixed(1) + " % fire positive, " +
      (minus / chances).toFixed(1) + " % negative; " + layer.sampled.length + " of " + grouped(layer.neurons) +
      " shown; all are " + percent(layer.error[t - 1]) + " off the ANN";
    drawRaster(view.querySelector(".raster"), layer, t, answer.timeSteps);
    drawScatter(view.querySelector(".scatter"), layer, t);
  });
  byId("spikes").textContent = grouped(spikes);
}

function pause() {
  clearInterval(page.playing);
  page.playing = 0;
  byId("play").textContent = "Play";
}

function play() {
  if (page.t >= page.answer.timeSteps) moveTo(1);
  const pace = Math.max(60, Math.min(420, 4000 / page.answer.timeSteps));
  page.playing = setInterval(() => {
    moveTo(page.t + 1);
    if (page.t >= page.answer.timeSteps) pause();
  }, pace);
  byId("play").textContent = "Pause";
}

function toggle() {
  if (page.playing) pause();
  else play();
}

function step(by) {
  pause();
  moveTo(page.t + by);
}

function take(blob, chosen) {
  page.source = blob;
  for (const button of byId("samples").children) {
    button.setAttribute("aria-checked", String(button === chosen));
    button.tabIndex = button === chosen ? 0 : -1;
  }
  if (!chosen && byId("samples").firstChild) byId("samples").firstChild.tabIndex = 0;
  classify();
}

function takeFirst(files) {
  const file = [...files].find(each => each.type.startsWith("image/"));
  if (file) take(file);
  else if (files.length > 0) fail("That is no image; choose a PNG, JPEG, GIF or BMP file.");
}

async function pickSample(button) {
  const response = await fetch(button.firstChild.src);
  take(await response.blob(), button);
}

function sampleButton(sample, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "radio");
  button.setAttribute("aria-checked", "false");
  button.setAttribute("aria-label", sample.name);
  button.title = sample.name;
  button.tabIndex = index === 0 ? 0 : -1;
  const image = document.createElement("img");
  image.src = sample.image;
  image.alt = "";
  button.append(image);
  button.addEventListener("click", () => pickSample(button));
  return button;
}

/** Arrow keys go from sample to sample, as in every group of radio buttons. */
function moveAmongSamples(event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const buttons = [...byId("samples").children];
  const at = buttons.indexOf(document.activeElement);
  if (!by || at < 0) return;
  event.preventDefault();
  const next = buttons[(at + by + buttons.length) % buttons.length];
  next.focus();
  pickSample(next);
}

function settingsChanged() {
  byId("steps-value").textContent = byId("steps").value;
  byId("threshold-value").textContent = Number(byId("threshold").value).toFixed(2);
  for (const part of document.querySelectorAll(".exit")) part.hidden = !byId("rule").value;
}

function nextTheme() {
  const root = document.documentElement;
  const next = { undefined: "light", light: "dark", dark: undefined }[root.dataset.theme];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  byId("theme").setAttribute("aria-label", "Colours: " + (next || "as the system"));
  draw();
}

function keys(event) {
  if (!page.answer || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("button, input, select, a, label")) return;
  const action = {
    " ": toggle,
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => step(-page.answer.timeSteps),
    End: () => step(page.answer.timeSteps),
  }[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
}

function listen() {
  byId("file").addEventListener("change", event => {
    takeFirst(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("dragover", event => {
    event.preventDefault();
    byId("drop").classList.add("over");
  });
  document.addEventListener("dragleave", () => byId("drop").classList.remove("over"));
  document.addEventListener("drop", event => {
    event.preventDefault();
    byId("drop").classList.remove("over");
    takeFirst(event.dataTransfer.files);
  });
  document.addEventListener("paste", event => takeFirst(event.clipboardData.files));
  byId("settings").addEventListener("submit", event => event.preventDefault());
  byId("settings").addEventListener("input", settingsChanged);
  byId("settings").addEventListener("change", classify);
  byId("invert").addEventListener("change", classify);
  byId("samples").addEventListener("keydown", moveAmongSamples);
  byId("play").addEventListener("click", toggle);
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  byId("time").addEventListener("input", event => {
    pause();
    moveTo(Number(event.target.value));
  });
  byId("theme").addEventListener("click", nextTheme);
  document.addEventListener("keydown", keys);
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

async function begin() {
  listen();
  try {
    page.model = await ask("/v1/model");
    const { network, dataset, timeSteps, calibratedFor } = page.model;
    byId("model").textContent = "Ambispike · " + network + " on " + dataset +
      (calibratedFor.length ? ", calibrated for T = " + calibratedFor.join(", ") : "");
    byId("steps").max = timeSteps.largest;
    byId("steps").value = Math.min(timeSteps.largest, Math.max(16, timeSteps.default));
    settingsChanged();
    const { samples } = await ask("/v1/samples");
    byId("samples").replaceChildren(...samples.map(sampleButton));
  } catch (problem) {
    fail(problem.message || "the server did not answer");
  }
}

begin();
