// Asking the server, and making images ready for it.

const LARGEST_UPLOAD = 2 << 20;
const LARGEST_SIDE = 1024;
const UNDERSTOOD = ["image/png", "image/jpeg", "image/gif", "image/bmp"];

/** What the server answers; an Error with its reason, or with what kept it from answering. */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (gone) {
    throw new Error("The server does not answer. Is it still running? Start it again with ambispike serve, then try again.");
  }
  const body = await response.json().catch(() => ({ error: "The server answered with code " + response.status + "." }));
  if (!response.ok) throw new Error(body.error);
  return body;
}

async function fetchImage(address) {
  const response = await fetch(address).catch(() => ask(address));
  return response.blob();
}

/** The same JPEG without orientation tag and colour profile, which the server and data sets do not heed either. */
async function untagged(blob) {
  if (blob.type !== "image/jpeg") return blob;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    if (bytes[at + 1] !== 0xe1 && bytes[at + 1] !== 0xe2) parts.push(bytes.subarray(at, end));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return new Blob(parts, { type: blob.type });
}

/** Large photographs are made smaller here, and kinds that only browsers know become PNG. */
async function upload(blob) {
  if (blob.size <= LARGEST_UPLOAD && UNDERSTOOD.includes(blob.type)) return blob;
  let bitmap;
  try {
    bitmap = await createImageBitmap(await untagged(blob));
  } catch (unreadable) {
    throw new Error("This browser cannot read that file as an image; choose a PNG or JPEG.");
  }
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, "image/png"));
}

/** Asks for what the network makes of an image, with a trace. */
async function answerImage(blob, settings) {
  const body = await upload(blob);
  return ask(view().path + "?" + settings, { method: "POST", headers: { "Content-Type": body.type }, body });
}
