// Results that are boxes: a map of anchors as YOLO v2 has it, x, y, width, height and score each. A model file whose provenance
// has "boxes", such as {"anchors": [[1.6, 2.1]]} (width and height in places of the map), is shown so.

/** How sure a box must be, and how much of it a surer one may cover. */
const SURE = 0.5;
const OVERLAP = 0.4;
/** Boxes that overlap as much show the same thing. */
const SAME = 0.5;

/** The anchors of the model's only map, or null where it has no boxes. */
function anchors() {
  const { provenance, outputs } = page.model;
  if (!provenance.boxes || !outputs || outputs.length !== 1) return null;
  try {
    const found = JSON.parse(provenance.boxes).anchors;
    return outputs[0].shape.length === 3 && outputs[0].shape[2] === 5 * found.length ? found : null;
  } catch {
    return null;
  }
}

const logistic = x => 1 / (1 + Math.exp(-x));

/** What two boxes share of what they cover together. */
function overlap(a, b) {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  const shared = Math.max(0, across) * Math.max(0, down);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** All boxes of a map, in shares of the picture, the surest first. */
function allBoxes(values) {
  const [rows, columns] = page.model.outputs[0].shape;
  const sizes = anchors();
  const boxes = [];
  for (let index = 0; index < rows * columns * sizes.length; index++) {
    const place = Math.floor(index / sizes.length);
    const [x, y, w, h, score] = values.subarray(5 * index, 5 * index + 5);
    const [anchorWidth, anchorHeight] = sizes[index % sizes.length];
    const width = (Math.exp(w) * anchorWidth) / columns;
    const height = (Math.exp(h) * anchorHeight) / rows;
    const left = ((place % columns) + logistic(x)) / columns - width / 2;
    const top = (Math.floor(place / columns) + logistic(y)) / rows - height / 2;
    boxes.push({ left, top, width, height, score: logistic(score) });
  }
  return boxes.sort((a, b) => b.score - a.score);
}

/** The sure ones, without those that a surer one covers. */
function sureBoxes(all) {
  const kept = [];
  for (const box of all) {
    if (box.score > SURE && kept.every(surer => overlap(surer, box) <= OVERLAP)) kept.push(box);
  }
  return kept;
}

function drawBoxes(canvas, boxes) {
  drawSeen(canvas, page.answer.image.shape, page.answer.trace.pixels);
  const context = canvas.getContext("2d");
  context.lineWidth = Math.max(1, canvas.width / 112);
  context.strokeStyle = "#ffd000";
  for (const { left, top, width, height } of boxes) {
    context.strokeRect(left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height);
  }
}

const scores = boxes => (boxes.length ? boxes.map(box => percent(box.score)).join(", ") : "none");

/** How many of the ANN's boxes are there after t steps. */
function foundBoxes(t) {
  const { found, sure } = page.boxes;
  const both = found.filter(box => sure[t - 1].some(other => overlap(box, other) >= SAME)).length;
  const others = sure[t - 1].filter(box => found.every(other => overlap(box, other) < SAME)).length;
  return both + " of the ANN’s " + found.length + " found" + (others ? ", and " + others + " more" : "");
}

/** See VIEWS. */
const boxView = {
  part: "boxes-part",
  path: "/v1/run",
  show(answer) {
    const all = answer.trace.values.map(floats).map(allBoxes);
    const found = sureBoxes(allBoxes(floats(answer.trace.ann.values)));
    const settling = all.map(boxes => found.map(box =>
      Math.max(0, ...boxes.filter(other => overlap(box, other) >= SAME).map(other => other.score))));
    page.boxes = { found, sure: all.map(sureBoxes), settling };
    drawBoxes(byId("boxes-ann"), found);
    byId("boxes-ann-scores").textContent = "The ANN’s: " + scores(found);
    byId("boxes-settling").hidden = found.length === 0;
    byId("boxes-legend").replaceChildren(...found.slice(0, LEADING).map((_, place) => leadingEntry("box " + (place + 1), place)));
  },
  verdict: answer => ({
    name: scores(page.boxes.sure[answer.timeSteps - 1]),
    reference: foundBoxes(answer.timeSteps),
  }),
  leader: foundBoxes,
  draw(answer, t) {
    const { found, sure, settling } = page.boxes;
    byId("boxes-now").textContent = "After step " + t + ": " + foundBoxes(t);
    drawBoxes(byId("boxes-canvas-now"), sure[t - 1]);
    byId("boxes-now-scores").textContent = "So far: " + scores(sure[t - 1]);
    if (!found.length) return;
    const leading = found.slice(0, LEADING).map((_, place) => place);
    drawSettling(byId("boxes-settling"), "Lines of scores over time steps", settling, leading, t);
    leading.forEach(place => {
      byId("boxes-legend").children[place].lastChild.textContent = percent(settling[t - 1][place]);
    });
  },
};
