// Trunk's post_build hook: what Trunk leaves to do in the folder that will be served.
//
// - In builds that are handed out, JavaScript that nobody has minified yet is, and the style sheets become one file: they
//   all hold up the first picture.
// - Files of wasm-bindgen's `snippets` folder carry no hash in their names; here they get one, and the app's
//   module, whose text names them, with them: a cache never pairs two builds. What the editor's module imports is put
//   beside it, named by esbuild in that way (bundle_editor.mjs).
// - The page is told which build the worker's files belong to (`<meta name="build">`, see worker_boot.js).
// - Under `trunk serve`, the script that waits for "rebuilt, reload" gets its final text.
// - In builds that are handed out, the service worker gets its list of files, and the page is told that there is one.
// - In builds that are handed out, the page gets what a first visit asks and is answered (web/src/rehearsal.rs).
// - The list of third-party licences is written.
// - The strict Content-Security-Policy is written, with the hashes of the inline scripts, all Trunk's own.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { transformSync } from "esbuild";
import { licences } from "./licences.mjs";

const dist = process.env.TRUNK_STAGING_DIR;
const page = join(dist, "index.html");

let html = readFileSync(page, "utf8");
const followed = html.includes("new WebSocket(");
if (followed) settleReload();
if (process.env.TRUNK_PROFILE === "release") {
  minifyScripts();
  joinStyles();
}
hashSnippets();
addParts();
const offline = process.env.TRUNK_PROFILE === "release" || process.env.SWITCHBOARD_OFFLINE === "1";
const meta = [
  // Must come first: a policy covers what follows it.
  `<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
  `<meta name="build" content="${mark("worker_boot.js", "worker.js", "worker_bg.wasm")}">`,
  ...(offline ? ['<meta name="offline">'] : []),
  ...(process.env.TRUNK_PROFILE === "release" ? [`<meta name="rehearsed" content="${rehearsed()}">`] : []),
].join("");
html = html.replace(/<!--[^]*?-->/g, "").replace(/(<meta charset="?utf-8"?\s*\/?>)/i, `$1${meta}`);
if (!html.includes(meta)) throw new Error("index.html has no <meta charset> to put the policy behind");
writeFileSync(page, html);
writeFileSync(join(dist, "licences.txt"), licences());
if (offline) writeServiceWorker();

// Trunk fills these in for each request, after the policy's hash was taken.
function settleReload() {
  html = html.replace("'{{__TRUNK_ADDRESS__}}'", "window.location.host").replace("{{__TRUNK_WS_BASE__}}", "/");
}

function minifyScripts() {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".js")) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    writeFileSync(path, minify(readFileSync(path, "utf8"), "js"));
  }
}

function joinStyles() {
  const links = [...html.matchAll(/<link\b[^>]*\brel="?stylesheet\b[^>]*>/g)].map(([link]) => link);
  const files = links.map((link) => link.match(/\bhref="?\.\/([^"\s>]+)/)[1]);
  const text = minify(files.map((file) => readFileSync(join(dist, file), "utf8")).join("\n"), "css");
  for (const file of files) rmSync(join(dist, file));
  const name = `page-${digest(text)}.css`;
  writeFileSync(join(dist, name), text);
  links.forEach((link, nth) => {
    html = html.replace(link, nth === 0 ? `<link rel="stylesheet" href="./${name}">` : "");
  });
}

function minify(text, loader) {
  // wasm-bindgen names a module once for each function that is imported from it: no mistake, so no warning.
  return transformSync(text, { loader, minify: true, legalComments: "none", logLevel: "error" }).code;
}

function hashSnippets() {
  const folder = join(dist, "snippets");
  if (!existsSync(folder)) return;
  const app = readdirSync(dist).find((name) => /^app-.*\.js$/.test(name));
  let module = readFileSync(join(dist, app), "utf8");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const old = join(entry.parentPath ?? entry.path, entry.name);
    const hashed = old.replace(/\.js$/, `-${digest(readFileSync(old))}.js`);
    renameSync(old, hashed);
    const [from, to] = [old, hashed].map((path) => relative(dist, path).split(sep).join("/"));
    // Only where it is imported: the wasm asks its module for the old name.
    module = module.replaceAll(`from './${from}'`, `from './${to}'`).replaceAll(`from "./${from}"`, `from "./${to}"`)
      .replaceAll(`from'./${from}'`, `from'./${to}'`).replaceAll(`from"./${from}"`, `from"./${to}"`);
    html = html.replaceAll(from, to);
  }
  const renamed = app.replace(/\.js$/, `-${digest(module)}.js`);
  writeFileSync(join(dist, app), module);
  renameSync(join(dist, app), join(dist, renamed));
  html = html.replaceAll(app, renamed);
}

// The parts of the editor's module: the one that it cannot do without is asked for at once, with the module.
function addParts() {
  const preload = html.match(/<link\b[^>]*href="?\.\/(snippets\/[^"\s>]*\/editor-[^"\s>]*)[^>]*>/);
  if (!preload) throw new Error("index.html does not ask for the editor's module");
  const [link, module] = preload;
  const folder = join(dirname(module), "editor");
  cpSync("web/generated/editor", join(dist, folder), { recursive: true });
  const [, needed] = readFileSync(join(dist, module), "utf8").match(/from ?"\.\/editor\/([^"]+)"/);
  html = html.replace(link, `${link}<link crossorigin href="./${join(folder, needed)}" rel="modulepreload">`);
}

function rehearsed() {
  const run = "run --quiet --locked --package switchboard-web --bin rehearse".split(" ");
  const bytes = execFileSync("cargo", run, { stdio: ["ignore", "pipe", "inherit"] });
  // A character a byte, text as text: half of what base64 would come to once it is compressed.
  return Array.from(bytes, (byte) => String.fromCharCode(/[\w ./:-]/.test(String.fromCharCode(byte)) ? byte : 0x100 + byte)).join("");
}

function writeServiceWorker() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .filter((name) => name !== "service_worker.js")
    .sort();
  // The page itself is asked for by its folder's name.
  const asked = ["./", ...files.filter((name) => name !== "index.html")];
  const text = readFileSync("web/service_worker.js", "utf8")
    .replace("{{BUILD}}", mark(...files))
    .replace('"{{FILES}}"', asked.map((name) => JSON.stringify(name)).join(", "));
  writeFileSync(join(dist, "service_worker.js"), text);
}

function policy() {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)]
    .map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  const connect = followed ? "'self' ws://127.0.0.1:* ws://localhost:*" : "'self'";
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${inline.join(" ")}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function mark(...files) {
  return digest(...files.map((name) => readFileSync(join(dist, name))));
}

function digest(...contents) {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content);
  return hash.digest("hex").slice(0, 16);
}
