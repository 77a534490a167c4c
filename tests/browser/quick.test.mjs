// What the page leaves out so that it is quick, nobody misses: shapes far from what is in sight, a parser behind the
// editor's colours, a pause after a paste, the engine as long as somebody only looks.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cluster } from "./cluster.mjs";
import { assertAccessible, closeBrowser, dist, openPage, paste, serve } from "./harness.mjs";
import { asked, sizes, table, total } from "./sizes.mjs";

after(closeBrowser);

const shape = (page, name) => page.locator(".map").getByRole("button", { name });
const faces = (page) => page.locator(".map .item text.title").count();

test("a first load is 600 kB of brotli, and the engine comes when somebody does something", async (t) => {
  const { page, requests } = await openPage(t, await serve());
  await shape(page, /^Service shop\/web/).waitFor();
  const steps = page.getByRole("list", { name: "Steps of the journey" });
  await steps.getByRole("listitem").nth(3).waitFor();
  // As far as it goes by itself: nothing is missing for a look at the whole journey.
  await steps.getByRole("listitem").last().locator("[aria-current=step]").waitFor();
  const rows = asked(sizes(dist), requests);
  assert(rows.length > 5);
  assert(total(rows, "brotli") <= 600_000, `\n${table(rows)}`);
  assert.deepEqual(rows.filter(({ name }) => /worker|editor_more/.test(name)), []);

  const engine = page.waitForEvent("worker");
  await page.mouse.move(700, 300);
  await engine;
  await paste(page, cluster(5));
  await shape(page, /^Service team-0\/app-0/).waitFor();
});

test("shapes out of sight have their words, are drawn when the map comes near, and all of them for a picture", async (t) => {
  const { page } = await openPage(t, await serve());
  await shape(page, /^Service /).first().waitFor();
  await paste(page, cluster(300));
  await page.waitForFunction(() => document.querySelectorAll(".map [aria-label^='Pod ']").length === 300);
  assert.equal(await shape(page, /^Service team-/).count(), 60);
  const drawn = await faces(page);
  assert(drawn > 20 && drawn < 200, `${drawn} of 360 are drawn`);
  await assertAccessible(page);

  // Below all that is drawn.
  const last = await page.evaluate(() => [...document.querySelectorAll(".map [aria-label^='Pod ']")].at(-1).getAttribute("aria-label"));
  const far = page.locator(`.map .item:has([aria-label="${last}"])`);
  assert.equal(await far.locator("text").count(), 0);
  const small = await page.locator(".minimap").boundingBox();
  await page.mouse.click(small.x + small.width / 2, small.y + small.height - 3);
  await far.locator("text.title").waitFor();
  assert(await faces(page) < 200);

  await page.getByRole("button", { name: "Share" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".map .item text.title").length >= 360);
  const download = page.waitForEvent("download");
  await page.locator("section", { hasText: "Map" }).getByRole("button", { name: "SVG" }).click();
  const chunks = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk);
  const picture = Buffer.concat(chunks).toString();
  assert(picture.includes(">app-0</text>") && picture.includes(">app-59</text>"));
});

test("a large dump in JSON is read as its YAML would be", async (t) => {
  const items = Array.from({ length: 40 }, (_, nth) => [
    { apiVersion: "v1", kind: "Service", metadata: { name: `app-${nth}`, annotations: { note: null } }, spec: { selector: { app: `app-${nth}` }, ports: [{ port: 80 }] } },
    ...Array.from({ length: 3 }, (_, pod) => ({
      apiVersion: "v1", kind: "Pod", metadata: { name: `app-${nth}-${pod}`, labels: { app: `app-${nth}` }, uid: "x".repeat(400) },
      spec: { containers: [{ name: "c", image: "i" }] },
    })),
  ]).flat();
  const { page } = await openPage(t, await serve());
  await shape(page, /^Service /).first().waitFor();
  await paste(page, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await page.getByText("40 Services · 120 Pods").waitFor();
  await shape(page, /^Service default\/app-39, ClusterIP, .* 3 of 3 endpoints ready/).waitFor();
});

test("a paste is read at once, and coloured, folded and indented without a parser", async (t) => {
  const { page } = await openPage(t, await serve());
  await shape(page, /^Service /).first().waitFor();
  await paste(page, "# note\nkind: Pod\nmetadata:\n  name: a\n  labels: {n: 8080, s: \"x: y\"}\nspec:\n  text: |\n    key: no key\n  containers:\n  - name: b\n");
  const colour = (text) => page.evaluate((text) => {
    const root = document.querySelector(".editor").shadowRoot;
    const line = [...root.querySelectorAll(".cm-line")].find((line) => line.textContent.includes(text));
    return [...line.querySelectorAll("[class^=cm-yaml]")].map((part) => `${part.className.slice(8)} ${part.textContent}`);
  }, text);
  await page.locator(".cm-line", { hasText: "- name: b" }).waitFor();
  assert.deepEqual(await colour("# note"), ["comment # note"]);
  assert.deepEqual(await colour("labels"), ["key labels", "quiet :", "quiet {", "key n", "quiet :", "value 8080", "quiet ,", "key s", "quiet :", "quiet }"]);
  assert.deepEqual(await colour("key: no key"), []);
  // A new line begins under the last one's key.
  await page.getByRole("textbox", { name: "Manifests" }).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await page.keyboard.type("image: c");
  await page.locator(".cm-line", { hasText: /^ {4}image: c$/ }).waitFor();
  // `metadata` folds with all that belongs to it.
  await page.locator(".cm-foldGutter .cm-gutterElement", { hasText: "⌄" }).first().click();
  await page.locator(".cm-foldPlaceholder").waitFor();
  assert.equal(await page.locator(".cm-line", { hasText: "labels" }).count(), 0);
  assert.equal(await page.locator(".cm-line", { hasText: "containers" }).count(), 1);
});
