// What every browser test needs: a folder served on loopback, Chromium, and a watch over what the page does.
//
// A test asks for `openPage(t, …)`; console errors, uncaught exceptions, violations of the Content-Security-Policy
// and requests that leave the origin fail the test when it ends, unless it said that it expects them.

import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(fileURLToPath(import.meta.url), "../../..");
const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The folder under test: a release build, made before the tests are started. */
export const dist = resolve(process.env.SWITCHBOARD_DIST ?? join(root, "dist"));

/** Where screenshots go. */
export const screenshots = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "screenshots");

/** The sizes that every screen is looked at. */
export const sizes = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/**
 * Serves `folder` on a free loopback port below `path` ("/" or "/some/where/"); everything else is 404.
 * Ends with Chromium: a page that still loads something when its test ends sees no server go.
 * @returns {Promise<string>} the address of the page.
 */
export async function serve({ folder = dist, path = "/" } = {}) {
  assert(existsSync(join(folder, "index.html")), `${folder} holds no page: run \`cargo xtask test browser\``);
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = wanted.startsWith(path) ? normalize(join(folder, wanted.slice(path.length) || "index.html")) : "";
    if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream", "Cache-Control": "no-cache" });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  servers.push(server);
  return `http://127.0.0.1:${server.address().port}${path}`;
}

let browser;
const servers = [];

/** Chromium, one for all tests of a file. */
export async function chromiumOf(t) {
  browser ??= chromium.launch({
    executablePath: process.env.SWITCHBOARD_CHROMIUM ?? chromium.executablePath(),
    // Its own sandbox cannot be set up by root; the second keeps Chromium itself from talking to anybody.
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-dev-shm-usage",
      "--no-first-run",
    ],
  });
  return browser;
}

/** Ends Chromium and what was served: in every test file, `after(closeBrowser)`. */
export async function closeBrowser() {
  await (await browser)?.close();
  browser = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * Opens the page in a profile of its own.
 *
 * `expected`: patterns of console errors and exceptions that the test provokes.
 * `context`: a browser context to open another tab in; `contextOptions`: Playwright's options for a new one.
 * @returns {Promise<{page: import("playwright-core").Page, origin: string, requests: string[], problems: string[]}>}
 */
export async function openPage(t, url, { expected = [], size = sizes.desktop, dark = false, context, contextOptions = {} } = {}) {
  const origin = new URL(url).origin;
  const requests = [];
  const problems = [];
  if (!context) {
    context = await (await chromiumOf(t)).newContext({
      viewport: size,
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
      ...contextOptions,
    });
    t.after(() => context.close());
  }
  // Workers' requests are seen here, not on the page.
  context.on("request", (request) => requests.push(request.url()));
  const page = await context.newPage();
  // What a machine that is busy with something else needs; Playwright's own limit is half of it.
  page.setDefaultTimeout(60_000);
  const problem = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) problems.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") problem(`console: ${message.text()}`);
  });
  page.on("websocket", (socket) => requests.push(socket.url()));
  page.on("pageerror", (error) => problem(`exception: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problem(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  t.after(() => {
    assert.deepEqual(problems, [], "the page complained");
    assert.deepEqual(leaving(requests, origin), [], "requests left the origin");
  });
  await page.goto(url);
  return { page, context, origin, requests, problems };
}

/** Replaces the editor's text, as a person does who selects all and pastes. */
export async function paste(page, text) {
  await page.getByRole("textbox", { name: "Manifests" }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** Sends a packet by the probe bar, and waits until its journey is there. */
export async function send(page, from, to) {
  await page.getByLabel("From").fill(from);
  await page.getByLabel("To", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("list", { name: "Steps of the journey" }).locator("[aria-current=step]").waitFor();
}

/** Those of `requests` that go anywhere but `origin`. */
export function leaving(requests, origin) {
  return requests.filter((url) => {
    const { protocol, origin: to } = new URL(url);
    return to !== origin && !(protocol === "blob:" && url.startsWith(`blob:${origin}`)) && protocol !== "data:";
  });
}

/** Fails with a readable list if axe-core finds anything in the page as it stands. */
export async function assertAccessible(page) {
  // Evaluated, not added as a script tag: the page's policy blocks that, as it should.
  const { readFile } = await import("node:fs/promises");
  await page.evaluate(await readFile(axeSource, "utf8"));
  const { violations } = await page.evaluate(async () => {
    // It throws where what it has found is gone before it is described: a journey that plays changes the page under it.
    for (let tries = 1; ; tries += 1) {
      try {
        return await axe.run(document);
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  });
  const list = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`));
  assert.deepEqual(list, []);
}

/** The same in the light and in the dark theme. */
export async function assertAccessibleInBothThemes(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Takes `NAME-1440x900-light.png` and its five sisters of the page's present state. */
export async function screenshot(page, name, { full = false } = {}) {
  mkdirSync(screenshots, { recursive: true });
  const before = page.viewportSize();
  for (const size of Object.values(sizes)) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      const path = join(screenshots, `${name}-${size.width}x${size.height}-${theme}.png`);
      await page.screenshot({ path, fullPage: full });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}
