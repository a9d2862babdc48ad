// What a person does.

const page = { answer: null, t: 1, playing: 0, source: null, model: null, request: 0, asked: 0 };

function fail(message) {
  byId("error").textContent = message;
  byId("error").hidden = false;
}

function settings() {
  const parameters = new URLSearchParams({ timeSteps: byId("steps").value, trace: "true" });
  if (view() === classView && byId("rule").value) parameters.set("exit", byId("rule").value + "=" + byId("threshold").value);
  if (byId("invert").checked) parameters.set("invert", "true");
  return parameters;
}

/** On a phone the answer is below the settings: whoever points at an image is led to it. */
function reveal(part) {
  const box = part.getBoundingClientRect();
  if (box.bottom <= window.innerHeight && box.top >= 0) return;
  part.scrollIntoView({ behavior: reducedMotion() ? "auto" : "smooth", block: "start" });
}

/**
 * Asks for the image that get() promises; only the latest request counts.
 *
 * @param led whether the page may move to what comes of it
 */
async function classify(get, led) {
  const request = ++page.request;
  const asked = Number(byId("steps").value);
  byId("error").hidden = true;
  byId("result").setAttribute("aria-busy", "true");
  try {
    const source = await get();
    if (request === page.request) page.source = source;
    const answer = await answerImage(source, settings());
    if (request !== page.request) return;
    page.asked = asked;
    show(answer);
    if (led) reveal(byId("answer"));
  } catch (problem) {
    if (request !== page.request) return;
    fail(problem.message);
    if (led) reveal(byId("error"));
  } finally {
    if (request === page.request) byId("result").removeAttribute("aria-busy");
  }
}

function again() {
  if (page.source) classify(async () => page.source, false);
}

function mark(chosen) {
  const buttons = [...byId("samples").children];
  const stop = buttons.indexOf(chosen) < 0 ? buttons[0] : chosen;
  for (const button of buttons) {
    button.setAttribute("aria-checked", String(button === chosen));
    button.tabIndex = button === stop ? 0 : -1;
  }
}

function takeFirst(files) {
  const file = [...files].find(each => each.type.startsWith("image/"));
  if (file) {
    mark(null);
    classify(async () => file, true);
  } else if (files.length > 0) {
    fail("That is no image; choose a PNG or JPEG file.");
  }
}

function pickSample(button, led) {
  mark(button);
  classify(() => fetchImage(button.firstChild.src), led);
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
  button.addEventListener("click", event => pickSample(button, event.detail > 0));
  return button;
}

/** Arrow keys go from sample to sample, as in every group of radio buttons. */
function moveAmongSamples(event) {
  const buttons = [...byId("samples").children];
  const at = buttons.indexOf(document.activeElement);
  const to = {
    ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1,
  }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = buttons[(to + buttons.length) % buttons.length];
  next.focus();
  pickSample(next, false);
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
  say("Colours: " + (next || "as the system"));
  draw();
}

function listenToFiles() {
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
}

function listen() {
  listenToFiles();
  byId("settings").addEventListener("submit", event => event.preventDefault());
  byId("settings").addEventListener("input", settingsChanged);
  byId("settings").addEventListener("change", again);
  byId("invert").addEventListener("change", again);
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
    for (const each of Object.values(VIEWS)) byId(each.part).hidden = each !== view();
    for (const part of document.querySelectorAll(".of-classes")) part.hidden = view() !== classView;
    byId("model").textContent = "Ambispike · " + network + (dataset === "not known" ? "" : " on " + dataset) +
      (calibratedFor.length ? ", calibrated for T = " + calibratedFor.join(", ") : "");
    byId("steps").max = timeSteps.largest;
    byId("steps").value = Math.min(timeSteps.largest, Math.max(16, timeSteps.default));
    settingsChanged();
    const { samples } = await ask("/v1/samples");
    byId("samples").replaceChildren(...samples.map(sampleButton));
  } catch (problem) {
    fail(problem.message);
  }
}

begin();
