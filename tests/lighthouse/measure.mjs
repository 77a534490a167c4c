// Lighthouse over a built page: five runs, the medians, and whether they are what DESIGN asks for.
//
//   npm ci --prefix tests/lighthouse
//   node tests/lighthouse/measure.mjs dist
//
// The page is served as a host should: compressed by brotli, names with a hash kept for ever. Chromium is the system's,
// or the one that SWITCHBOARD_CHROMIUM names.

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import * as chrome from "chrome-launcher";
import lighthouse from "lighthouse";

const folder = resolve(process.argv[2] ?? "dist");
const runs = Number(process.argv[3] ?? 5);
const goals = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const types = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".png": "image/png",
  ".svg": "image/svg+xml", ".txt": "text/plain", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

const compressed = new Map();
const server = createServer((request, response) => {
  const wanted = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const file = normalize(join(folder, wanted === "/" ? "index.html" : wanted));
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  const headers = {
    "Content-Type": types[extname(file)] ?? "application/octet-stream",
    "Cache-Control": /-[0-9a-f]{16}/.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if ([".woff2", ".png"].includes(extname(file))) {
    response.writeHead(200, headers);
    return createReadStream(file).pipe(response);
  }
  const body = compressed.get(file) ?? brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  compressed.set(file, body);
  response.writeHead(200, { ...headers, "Content-Encoding": "br", "Content-Length": body.length }).end(body);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;

const measured = [];
for (let run = 0; run < runs; run += 1) {
  const browser = await chrome.launch({
    chromePath: process.env.SWITCHBOARD_CHROMIUM ?? "/usr/bin/chromium",
    chromeFlags: ["--headless=new", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  const { lhr } = await lighthouse(url, { port: browser.port, onlyCategories: Object.keys(goals), logLevel: "error" }, preset());
  await browser.kill();
  measured.push(lhr);
  const failed = Object.values(lhr.categories).flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => id);
  console.log(`run ${run + 1}:`, scores(lhr), failed.join(" "));
}
server.close();

let short = false;
for (const [name, goal] of Object.entries(goals)) {
  const median = middle(measured.map((lhr) => Math.round(lhr.categories[name].score * 100)));
  console.log(`${name}: ${median} (goal ${goal})`);
  short ||= median < goal;
}
for (const id of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"]) {
  console.log(`${id}: ${middle(measured.map((lhr) => lhr.audits[id].numericValue)).toFixed(2)}`);
}
process.exitCode = short ? 1 : 0;

function preset() {
  // A desk: the page is a tool for one. `--mobile` measures a slow phone.
  if (process.argv.includes("--mobile")) return undefined;
  return {
    extends: "lighthouse:default",
    settings: {
      formFactor: "desktop",
      screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false },
      throttling: { rttMs: 40, throughputKbps: 10240, cpuSlowdownMultiplier: 1, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0 },
    },
  };
}

function scores(lhr) {
  return Object.fromEntries(Object.keys(goals).map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
}

function middle(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}
