// Moving about on the map: by arrows, by the space bar, to what is chosen; and what a wire says under the pointer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertAccessibleInBothThemes, closeBrowser, openPage, screenshot, send, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const app = (name) => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
`;

const shape = (page, name) => page.locator(".map").getByRole("button", { name });
const sheet = (page) => page.locator(".map .sheet").getAttribute("transform");
const moved = (page, before) => page.waitForFunction(
  (before) => document.querySelector(".map .sheet").getAttribute("transform") !== before, before);

async function open(t, more = "") {
  const opened = await openPage(t, await serve());
  await shape(opened.page, /^Service /).first().waitFor();
  // More than the window holds.
  const text = Array.from({ length: 14 }, (_, nth) => app(`app-${String(nth).padStart(2, "0")}`)).join("") + more;
  await opened.page.locator("input[type=file]").first().setInputFiles([
    { name: "shop.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) },
  ]);
  await shape(opened.page, /^Service shop\/app-13/).waitFor({ state: "attached" });
  return opened;
}

test("arrows with Shift move the map, without it they go from shape to shape", async (t) => {
  const { page } = await open(t);
  const first = shape(page, /^Service shop\/app-00/);
  await first.focus();
  const before = await sheet(page);
  await page.keyboard.press("Shift+ArrowDown");
  await moved(page, before);
  assert(await first.evaluate((shape) => shape === document.activeElement));
  await page.keyboard.press("ArrowDown");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Service shop\/app-01/);
});

test("Tab stops at one shape of the map, before anything is chosen, while it is, and after", async (t) => {
  const { page } = await open(t);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const enter = async () => {
    await page.getByRole("button", { name: "As a list" }).focus();
    await page.keyboard.press("Tab");
    return focused();
  };
  const first = await enter();
  assert.equal(await shape(page, first).count(), 1, `${first} is a shape`);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const chosen = await focused();
  assert.notEqual(chosen, first);
  await page.locator(".map .item.selected").waitFor();
  assert.equal(await enter(), chosen);
  await page.keyboard.press("Escape");
  await page.locator(".map .item.selected").waitFor({ state: "detached" });
  assert.equal(await enter(), first);
});

test("what is chosen fills the map, by key and by button", async (t) => {
  const { page } = await open(t);
  const button = page.getByRole("button", { name: "Show what is chosen" });
  assert(await button.isDisabled());
  await shape(page, /^Service shop\/app-02/).click();
  await page.keyboard.press("0");
  const whole = await sheet(page);
  await page.keyboard.press("z");
  await moved(page, whole);
  const close = await sheet(page);
  await page.keyboard.press("0");
  await moved(page, close);
  await button.click();
  await moved(page, whole);
  assert.equal(await sheet(page), close);
  await assertAccessible(page);
});

test("details stand beside the map, which keeps its places and what is chosen in sight", async (t) => {
  const { page } = await open(t);
  const [map, details] = [page.locator(".map"), page.getByRole("complementary", { name: /^(Pod|Service) / })];
  const places = () => page.locator(".map .item").evaluateAll((all) => all.map((item) => item.getAttribute("transform")));
  const [alone, before] = [await map.boundingBox(), await places()];
  const pod = shape(page, /^Pod app-00-/).last();
  await pod.focus();
  await page.keyboard.press("Enter");
  await details.waitFor();
  await page.waitForFunction(([pod, map, details]) => {
    const [inner, window, panel] = [pod, map, details].map((element) => element.getBoundingClientRect());
    return window.right <= panel.left + 1 && inner.left >= window.left && inner.right <= window.right;
  }, await Promise.all([pod, map, details].map((element) => element.elementHandle())));
  assert.deepEqual(await places(), before);
  // What is chosen next takes its place, and the map does not become wider in between.
  const narrow = (await map.boundingBox()).width;
  await page.evaluate(() => {
    window.widths = new Set();
    new ResizeObserver(([map]) => window.widths.add(Math.round(map.contentRect.width))).observe(document.querySelector(".map"));
  });
  await shape(page, /^Service shop\/app-01/).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: "Service app-01" }).waitFor();
  assert.deepEqual(await page.evaluate(() => [...window.widths]), [Math.round(narrow)]);
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "detached" });
  assert.equal((await map.boundingBox()).width, alone.width);
});

test("on a phone what the packet is on stands above the player and the buttons", async (t) => {
  const { page } = await open(t);
  await page.getByLabel("From").fill("deployment/shop/app-13");
  await page.getByLabel("To", { exact: true }).fill("http://app-12.shop");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.setViewportSize(sizes.phone);
  await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Map" }).click();
  await page.waitForFunction(() => {
    const [map, player, tools, lit] = [".map", ".player", ".map-tools", ".map .item.lit:not(.head) .touch"].map(
      (what) => document.querySelector(what)?.getBoundingClientRect());
    return lit && map.bottom <= player.top && lit.top >= map.top && lit.bottom <= tools.top;
  });
});

/** Goes through the steps of a journey; `seen` has to come true at each, in the page. */
async function walk(page, seen) {
  const steps = page.getByRole("list", { name: "Steps of the journey" }).getByRole("button");
  await page.getByRole("button", { name: "Pause" }).click();
  for (const step of await steps.all()) {
    await step.click();
    await page.waitForFunction(seen);
  }
}

test("the buttons and the small map lie over nothing that the packet is on", async (t) => {
  const { page } = await open(t);
  await page.setViewportSize(sizes.tablet);
  await send(page, "deployment/shop/app-03", "http://app-12.shop");
  await walk(page, () => {
    const [map, tools, small, ...lit] = [".map", ".map-tools", ".minimap", ".map .item.lit:not(.head) .touch"].flatMap(
      (what) => [...document.querySelectorAll(what)].map((element) => element.getBoundingClientRect()));
    const apart = (one, other) => one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
    return lit.length > 0 && lit.every((shape) =>
      shape.top >= map.top && shape.bottom <= map.bottom && apart(shape, tools) && apart(shape, small));
  });
});

test("the packet's words cover no badge of the shape that it is on", async (t) => {
  const mistaken = app("web").replace("  replicas: 2", "  replicas: 2\n  replcias: 2");
  const { page } = await open(t, mistaken);
  await shape(page, /^Pod web-.*1 (error|warning)/).first().waitFor({ state: "attached" });
  await send(page, "deployment/shop/web", "http://web.shop");
  await walk(page, () => {
    const boxes = (what) => [...document.querySelectorAll(what)].map((element) => element.getBoundingClientRect());
    const [words] = boxes(".map .packet rect");
    const apart = (badge) => badge.right <= words.left || words.right <= badge.left || badge.bottom <= words.top || words.bottom <= badge.top;
    const badges = boxes(".map .item.lit .badge");
    if (words && badges.length > 0) window.compared = true;
    return words && badges.every(apart);
  });
  assert(await page.evaluate(() => window.compared), "the packet was on no shape with a badge");
});

test("in a very wide window the map is read from afar", async (t) => {
  const { page } = await open(t);
  const height = () => shape(page, /^Service shop\/app-00/).evaluate((shape) => shape.getBoundingClientRect().height);
  const before = await height();
  await page.setViewportSize({ width: 3840, height: 2160 });
  await page.waitForFunction((before) =>
    document.querySelector('.map [aria-label^="Service shop/app-00"]').getBoundingClientRect().height > 1.5 * before, before);
});

test("with the space bar held a drag that begins on a Pod moves the map and draws no wire", async (t) => {
  const { page } = await open(t);
  const pod = await shape(page, /^Pod app-00-/).first().boundingBox();
  await page.mouse.move(pod.x + 50, pod.y + 12);
  await page.keyboard.down("Space");
  const before = await sheet(page);
  await page.mouse.down();
  await page.mouse.move(pod.x + 50, pod.y - 60, { steps: 4 });
  await moved(page, before);
  assert.equal(await page.locator(".map .rubber").count(), 0);
  await page.mouse.up();
  await page.keyboard.up("Space");
  assert.equal(await page.locator(".map[data-space]").count(), 0);
  // The click that ends a drag chooses nothing.
  assert.equal(await page.locator(".map .item.selected").count(), 0);
});

test("a wire under the pointer says its ports", async (t) => {
  const { page } = await open(t);
  const wire = page.locator(".map g:has(> .wire-ports)").first();
  const ports = wire.locator(".wire-ports");
  assert.equal(await ports.evaluate((text) => getComputedStyle(text).visibility), "hidden");
  // Somewhere in the middle of the wire.
  const at = await wire.locator(".wire-touch").evaluate((path) => {
    const point = path.getPointAtLength(path.getTotalLength() - 12);
    return new DOMPoint(point.x, point.y).matrixTransform(path.getScreenCTM()).toJSON();
  });
  await page.mouse.move(at.x, at.y);
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".map .wire-ports")].some((text) => getComputedStyle(text).visibility === "visible" && text.textContent.trim() === ":8080"));
});

test("the wires of a shape are gone through by keyboard, and lead from shape to shape", async (t) => {
  const { page } = await open(t, `---
apiVersion: v1
kind: Service
metadata: {name: app-00-lost, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
`);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
  await shape(page, /^Service shop\/app-00,/).focus();
  await page.keyboard.press("d");
  const wires = page.getByRole("complementary").getByRole("list", { name: "Wires" });
  // One stop for Tab, arrows within; the map shows the one that has the focus.
  await page.waitForFunction(() => document.activeElement.matches(".wire-row"));
  assert.match(await focused(), /^to Pod app-00-.*, 80 → 8080, ready$/);
  assert.equal(await wires.locator("button[tabindex='0']").count(), 1);
  assert.equal(await page.locator(".map .wire.told").count(), 1);
  // Where it leads comes into sight.
  const end = (await focused()).match(/Pod (\S+),/)[1];
  const [pod, details] = [shape(page, new RegExp(`^Pod ${end}`)), page.getByRole("complementary", { name: /^Service / })];
  await page.waitForFunction(([pod, details]) => pod.getBoundingClientRect().right < details.getBoundingClientRect().left,
    [await pod.elementHandle(), await details.elementHandle()]);
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "wires");
  const first = await focused();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await focused(), first);
  // Enter goes where it leads, Escape back to the shape.
  const to = (await focused()).match(/Pod (\S+),/)[1];
  await page.keyboard.press("Enter");
  await page.waitForFunction((name) => document.activeElement.getAttribute("aria-label")?.startsWith(`Pod ${name}`), to);
  await page.getByRole("complementary", { name: `Pod ${to}` }).waitFor();
  assert.equal(await page.locator(".map .wire.told").count(), 0);
  await page.keyboard.press("d");
  await page.waitForFunction(() => document.activeElement.matches(".wire-row"));
  assert.match(await focused(), /^from Service shop\/app-00, 80 → 8080, ready$/);
  await page.keyboard.press("Escape");
  await page.waitForFunction((name) => document.activeElement.getAttribute("aria-label")?.startsWith(`Pod ${name}`), to);
  // One that leads nowhere says so, and why.
  await shape(page, /^Service shop\/app-00-lost/).focus();
  await page.keyboard.press("d");
  await page.waitForFunction(() => document.activeElement.matches(".wire-row"));
  assert.match(await focused(), /^leads nowhere\s*, no endpoints$/);
  await page.getByRole("button", { name: "As a list" }).click();
  await page.getByRole("cell", { name: /to Pod app-00-.*, 80 → 8080, ready/ }).first().waitFor();
  await page.getByRole("cell", { name: "leads nowhere, no endpoints" }).waitFor();
});
