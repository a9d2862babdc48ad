// Spikes of one layer: a row for each neuron, a column for each step.

/**
 * Each column has a half for either polarity, positive on the left, so that it is told by place as well as by colour.
 */
function drawRaster(canvas, layer, t, steps) {
  const { context, width, height } = prepare(canvas);
  const bottom = 22;
  const rows = Math.max(1, layer.spikes.length);
  const column = width / steps;
  const row = (height - bottom) / rows;
  const gap = Math.min(2, column * 0.15);
  const half = (column - gap) / 2;
  const mark = Math.max(1, row - Math.min(0.6, row * 0.25));
  context.fillStyle = colour("--band");
  context.fillRect(0, 0, width, height - bottom);
  context.fillStyle = colour("--paper");
  for (let step = 1; step < steps; step++) context.fillRect(step * column - gap, 0, gap, height - bottom);
  const lanes = [["+", colour("--vermillion"), 0], ["-", colour("--blue"), half]];
  for (const [polarity, ink, offset] of lanes) {
    context.fillStyle = ink;
    layer.spikes.forEach((spikes, neuron) => {
      for (let step = 0; step < t; step++) {
        const symbol = spikes[step];
        if (symbol === polarity || symbol === "x") context.fillRect(step * column + offset, neuron * row, half, mark);
      }
    });
  }
  if (t < steps) {
    context.fillStyle = colour("--ink");
    context.fillRect(t * column - gap / 2 - 0.5, 0, 1, height - bottom);
  }
  if (layer.spikes.length === 0) label(context, "no neuron fired", 10, 24);
  label(context, "1", 0, height - 6);
  label(context, "time step " + steps, width, height - 6, "right");
}

/** The image as the network sees it, one canvas pixel for each of its own. */
function drawSeen(canvas, shape, pixels) {
  const [height, width, channels] = shape;
  const bytes = Uint8Array.from(atob(pixels), character => character.charCodeAt(0));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * pixel + channel] = bytes[pixel * channels + (channels >= 3 ? channel : 0)];
    }
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
