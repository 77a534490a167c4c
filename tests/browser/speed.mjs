// How quick the page is, in Chromium, against what it must reach: `cargo xtask bench-page`, or
//
//   node speed.mjs [--write FILE]      measures the build in SWITCHBOARD_DIST (dist), prints a table, writes it to FILE
//
// Not a test: a busy machine is slow, so the load is written beside the times. Times are medians over fresh pages; what the
// page's main thread was kept from is the longest of all of them, and the same in time of its own: what a task takes where
// nobody else wants the processor. If `kube-diagrams` and `dot` are there (pip install KubeDiagrams, apt install graphviz), the same
// file is drawn with them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumOf, closeBrowser, dist, openPage, serve } from "./harness.mjs";
import { cluster } from "./cluster.mjs";
import { asked, sizes, total } from "./sizes.mjs";

/** Fresh pages a size. */
const PAGES = 5;
/** Keystrokes a page. */
const KEYS = 12;

const cleanups = [];
// What `serve` and `openPage` expect of a test.
const t = { after: (cleanup) => cleanups.push(cleanup) };

try {
  const rows = await measure();
  const text = report(rows);
  console.log(text);
  const at = process.argv.indexOf("--write");
  if (at > 0) writeFileSync(process.argv[at + 1], text);
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
  await closeBrowser();
}

async function measure() {
  const url = await serve();
  const rows = [];
  let looked;
  for (const [pods, goal] of [[30, 100], [300, 300]]) {
    const text = cluster(pods);
    const runs = [];
    for (let nth = 0; nth < PAGES; nth += 1) runs.push(await visit(url, text));
    [{ looked }] = runs;
    const painted = median(runs.map((run) => run.painted));
    rows.push([`paste → painted, ${pods} Pods`, `${painted.toFixed(0)} ms`, `${goal} ms`, painted <= goal]);
    const longest = Math.max(...runs.map((run) => run.longest));
    rows.push([`longest task of the page's main thread, ${pods} Pods`, longest ? `${longest.toFixed(0)} ms` : "none over 50 ms", "50 ms", longest <= 50]);
    const own = Math.max(...runs.map((run) => run.own));
    rows.push([`the same, time of its own, ${pods} Pods`, `${own.toFixed(0)} ms`, "50 ms", own <= 50]);
    const worker = median(runs.flatMap((run) => run.keys.map((key) => key.worker)));
    rows.push([`keystroke → answer of the worker, ${pods} Pods`, `${worker.toFixed(1)} ms`, "50 ms", worker <= 50]);
    const page = median(runs.flatMap((run) => run.keys.map((key) => key.page)));
    rows.push([`that answer → next frame of the page, ${pods} Pods`, `${page.toFixed(1)} ms`, "one frame (16.7 ms)", page <= 16.7]);
    rows.push(drawnByOthers(text, pods, painted));
  }
  const files = sizes(dist);
  for (const [what, some] of [["a first load that only looks", asked(files, looked)], ["all assets", files]]) {
    const bytes = total(some, "brotli");
    rows.push([`${what}, brotli`, `${(bytes / 1000).toFixed(0)} kB`, "600 kB", bytes <= 600_000]);
  }
  return rows;
}

/** Opens the page, pastes, types; times are the page's own. */
async function visit(url, text) {
  const { page, context, requests } = await openPage(t, url, { contextOptions: { reducedMotion: "reduce" } });
  await page.getByRole("button", { name: /^Service / }).first().waitFor();
  const looked = [...requests];
  // That picture comes with the page. What is measured is a page that is there as a whole, with its engine and all of its
  // editor, which come when somebody does something.
  await page.getByRole("textbox", { name: "Manifests" }).click();
  await engineOf(page);
  await page.evaluate(watch);
  const browser = await chromiumOf(t);
  await browser.startTracing(page, { categories: ["devtools.timeline", "toplevel", "blink.user_timing"] });
  await page.evaluate(() => performance.mark("watched"));
  await page.getByRole("textbox", { name: "Manifests" }).click();
  await page.keyboard.press("Control+a");
  // A paste that the editor takes as one change, seen from inside.
  const painted = await page.evaluate(async (text) => {
    const editor = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const seen = window.watched.painted(() => [...document.querySelectorAll(".map-panel [role=button]")]
      .some((shape) => /app-0/.test(shape.getAttribute("aria-label") ?? shape.textContent)));
    const start = performance.now();
    editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true }));
    return (await seen) - start;
  }, text);
  const keys = [];
  await page.keyboard.press("Control+End");
  for (let nth = 0; nth < KEYS; nth += 1) {
    await page.evaluate(() => window.watched.nextKey());
    await page.keyboard.type(nth % 2 ? "\n" : "#");
    keys.push(await page.evaluate(() => window.watched.key));
  }
  const longest = await page.evaluate(() => window.watched.longest());
  const own = ownTime(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
  await context.close();
  return { looked, painted, keys, longest, own };
}

/** Waits until the engine takes questions. */
async function engineOf(page) {
  const worker = page.workers()[0] ?? await page.waitForEvent("worker");
  while (!(await worker.evaluate(() => self.onmessage !== null)));
}

/** The longest task of the page's main thread since it was watched, in processor time. */
function ownTime(events) {
  const { pid, tid, ts } = events.find(({ name }) => name === "watched");
  const tasks = events.filter((event) => event.pid === pid && event.tid === tid && event.ts >= ts && /RunTask/.test(event.name));
  return Math.max(0, ...tasks.map(({ tdur }) => (tdur ?? 0) / 1000));
}

/** Runs in the page: the time of paints, of long tasks, and of what the worker answers to a key. */
function watch() {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: "longtask" });
  // After the next frame has been drawn.
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(() => drawn(performance.now()))));
  const post = Worker.prototype.postMessage;
  const listening = new WeakSet();
  let key;
  Worker.prototype.postMessage = function (...message) {
    if (!listening.has(this)) {
      listening.add(this);
      this.addEventListener("message", () => key?.answered());
    }
    key?.asked();
    return post.apply(this, message);
  };
  window.watched = {
    longest: () => Math.max(0, ...tasks),
    painted: (there) => new Promise((done) => {
      const look = async () => (there() ? done(await frame()) : requestAnimationFrame(look));
      look();
    }),
    // The first question after a key is the edit; the first answer is to it.
    nextKey() {
      let asked;
      window.watched.key = new Promise((done) => {
        key = {
          asked: () => { asked ??= performance.now(); },
          answered: async () => {
            if (asked === undefined) return;
            const answered = performance.now();
            key = undefined;
            done({ worker: answered - asked, page: (await frame()) - answered });
          },
        };
      });
    },
  };
}

/** KubeDiagrams and Graphviz on the same file, if they are there. */
function drawnByOthers(text, pods, painted) {
  const name = `KubeDiagrams + Graphviz, ${pods} Pods`;
  const goal = `${pods === 30 ? 10 : 100} times as long`;
  const folder = mkdtempSync(join(tmpdir(), "switchboard-speed-"));
  try {
    const file = join(folder, "cluster.yaml");
    writeFileSync(file, text);
    const start = performance.now();
    const run = spawnSync("kube-diagrams", ["-o", join(folder, "cluster.svg"), "-f", "svg", file], { timeout: 600_000, encoding: "utf8" });
    const took = performance.now() - start;
    if (run.error?.code === "ENOENT") return [name, "not installed here", goal, undefined];
    if (run.error || run.status !== 0) {
      return [name, run.error?.code === "ETIMEDOUT" ? "not done in 600 s" : `failed: ${run.stderr.trim().split("\n").at(-1)}`, goal, undefined];
    }
    const ratio = took / painted;
    return [name, `${(took / 1000).toFixed(1)} s, ${ratio.toFixed(0)} times as long`, goal, ratio >= (pods === 30 ? 10 : 100)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function report(rows) {
  const [load] = loadavg();
  const lines = rows.map(([what, measured, goal, reached]) =>
    `| ${what} | ${measured} | ${goal} | ${reached === undefined ? "–" : reached ? "yes" : "no"} |`);
  return `# How quick the page is

Measured by \`cargo xtask bench-page\` (\`tests/browser/speed.mjs\`) in Chromium on ${cpus().length} × ${cpus()[0].model.trim()};
medians of ${PAGES} fresh pages once their engine is there, of long tasks the longest. The machine's load was ${load.toFixed(1)}: above ${cpus().length}, times are
those of a machine that others use as well.

| what | measured | must reach | reached |
|---|---|---|---|
${lines.join("\n")}
`;
}
