// What share, export and keep need of the browser: compression, files, the clipboard, pictures, the service worker.
// Called from web/src/browser.rs. Nothing here sends anything anywhere.

/** Text, deflated, in letters that a fragment may hold. */
export async function pack(text) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text), Infinity);
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32768) letters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text again; fails if it is no such text, or longer than `limit` bytes. */
export async function unpack(packed, limit) {
  const letters = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const text = await through(new DecompressionStream("deflate-raw"), bytes, limit);
  return new TextDecoder("utf-8", { fatal: true }).decode(text);
}

async function through(stream, bytes, limit) {
  const writer = stream.writable.getWriter();
  // What goes wrong is seen by the reader, too.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error("too large");
    }
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Puts text on the clipboard. */
export async function copy(text) {
  await navigator.clipboard.writeText(text);
}

/** Hands a file to the person. */
export function save(name, type, content) {
  download(name, new Blob([content], { type }));
}

function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const MOST_FILES = 1000;
const READABLE = /\.(ya?ml|json|txt|svg|md)$/i;

/** What was dropped, folders opened: pairs of a path and a file, at most a thousand. */
export async function filesOf(transfer) {
  // Now or never: the list is gone after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => [file.name, file]);
  const files = [];
  const visit = async (entry, wanted) => {
    if (files.length >= MOST_FILES) return;
    if (entry.isFile) {
      if (wanted || READABLE.test(entry.name)) {
        const file = await new Promise((done, failed) => entry.file(done, failed)).catch(() => undefined);
        if (file) files.push([entry.fullPath.replace(/^\//, ""), file]);
      }
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed)).catch(() => []);
      if (some.length === 0 || files.length >= MOST_FILES) break;
      for (const child of some.sort((a, b) => (a.name < b.name ? -1 : 1))) if (!child.name.startsWith(".")) await visit(child, false);
    }
  };
  for (const entry of entries) await visit(entry, true);
  return files;
}

const SVG = "http://www.w3.org/2000/svg";
// What of a computed style is drawn, and has an attribute in SVG.
const STYLE = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "dominant-baseline", "letter-spacing", "paint-order"];

/** The map as a file of its own that needs no style sheet; `metadata` goes with it. `undefined`: no map is shown. */
export function mapSvg(width, height, metadata) {
  const shown = document.querySelector("svg.map");
  if (!shown) return undefined;
  const copied = shown.cloneNode(true);
  const from = [shown, ...shown.querySelectorAll("*")];
  const to = [copied, ...copied.querySelectorAll("*")];
  const gone = [];
  from.forEach((element, nth) => {
    const style = getComputedStyle(element);
    const target = to[nth];
    if (style.display === "none" || style.visibility === "hidden" || element.localName === "foreignObject" || element.classList.contains("visually-hidden")) {
      gone.push(target);
      return;
    }
    for (const name of STYLE) {
      const value = style.getPropertyValue(name);
      if (value && value !== "none" && value !== "normal" && value !== "auto") target.setAttribute(name, value);
      else if (name === "fill" || name === "stroke") target.setAttribute(name, "none");
    }
    for (const { name } of [...target.attributes]) {
      if (name === "class" || name === "style" || name === "tabindex" || name === "role" || name.startsWith("aria-") || name.startsWith("data-") || name.startsWith("on")) target.removeAttribute(name);
    }
  });
  for (const element of gone) element.remove();
  // The whole map, not what is in sight: the heads back to the top.
  const sheet = copied.querySelector("g");
  sheet?.removeAttribute("transform");
  const heads = sheet?.lastElementChild;
  heads?.setAttribute("transform", "translate(0 0)");
  const margin = 16;
  const box = [-margin, -margin, width + 2 * margin, height + 2 * margin];
  copied.setAttribute("xmlns", SVG);
  copied.setAttribute("viewBox", box.join(" "));
  copied.setAttribute("width", box[2]);
  copied.setAttribute("height", box[3]);
  const ground = document.createElementNS(SVG, "rect");
  const [x, y, w, h] = box;
  for (const [name, value] of Object.entries({ x, y, width: w, height: h, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(name, value);
  copied.prepend(ground);
  const note = document.createElementNS(SVG, "metadata");
  note.setAttribute("id", "switchboard");
  note.textContent = metadata;
  copied.prepend(note);
  const title = document.createElementNS(SVG, "title");
  title.textContent = "Switchboard: the map of these manifests";
  copied.prepend(title);
  return new XMLSerializer().serializeToString(copied);
}

/** What mapSvg, or the journey's picture, took along; empty if this is another picture. */
export function metadataOf(svg) {
  // A document of its own: nothing in it runs or is fetched.
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  return parsed.querySelector("metadata#switchboard")?.textContent ?? "";
}

/** Hands an SVG to the person as PNG, at twice its size, or smaller where a browser could not paint that. */
export async function savePng(name, svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(2, 8192 / Math.max(image.width, image.height), Math.sqrt(3e7 / (image.width * image.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw new Error("no picture");
    download(name, blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}

const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "dragenter", "wheel"];

let sign;

/** Settles when somebody does something in the page for the first time. */
export function somebody() {
  sign ??= new Promise((here) => {
    for (const event of SIGNS) addEventListener(event, () => here(), { once: true, capture: true, passive: true });
  });
  return sign;
}

let waiting;

/** Keeps the page for when there is no network; `onUpdate` is called when a newer one is ready. */
export async function keepOffline(onUpdate) {
  // Written by web/hooks/finish_page.mjs, in builds that are handed out.
  if (!document.querySelector("meta[name=offline]") || !navigator.serviceWorker) return;
  // It fetches everything: not for somebody who only has a look.
  if (!navigator.serviceWorker.controller) await somebody();
  let registration;
  try {
    registration = await navigator.serviceWorker.register("./service_worker.js", { updateViaCache: "none" });
  } catch {
    // A private window, or storage that is full: the page works, but not offline.
    return;
  }
  const tell = (worker) => {
    if (worker?.state === "installed" && navigator.serviceWorker.controller) {
      waiting = worker;
      onUpdate();
    }
  };
  tell(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => tell(worker));
  });
}

/** Changes to the newer page. */
export function update() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage("change");
}
