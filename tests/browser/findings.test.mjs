// Findings: what is wrong is listed object by object, explained, mended with one click, and taken back with one.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, closeBrowser, openPage, paste, screenshot, send, serve } from "./harness.mjs";

after(closeBrowser);

const broken = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector:
    app: wbe # which one was it?
  ports:
    - port: 80
      targetPort: http
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  externalName: nowhere.example
  ports:
    - port: 80
      targetPort: htttp
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api-0, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: api, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: notes, namespace: shop}
datta: {}
`;

const sound = broken
  .replace("app: wbe", "app: web")
  .replace("htttp", "http")
  .replace("  externalName: nowhere.example\n", "")
  .replace("datta", "data");

const list = (page) => page.getByRole("region", { name: "Findings" });
const rows = (page) => list(page).locator("button.finding");
const row = (page, text) => rows(page).filter({ hasText: text });
const text = (page) => page.getByRole("textbox", { name: "Manifests" }).innerText();
const steps = (page) => page.getByRole("list", { name: "Steps of the journey" });

async function open(t, manifests = broken, options = {}) {
  const opened = await openPage(t, await serve(), options);
  await opened.page.getByRole("button", { name: /^Service / }).first().waitFor();
  await paste(opened.page, manifests);
  return opened;
}

test("findings stand under their object, the worst first, with what a client sees and where", async (t) => {
  const { page } = await open(t);
  await row(page, "No container declares the named target port").waitFor();
  const objects = await list(page).getByRole("heading", { level: 3 }).allInnerTexts();
  assert.equal(objects[0], "Service shop/api");
  assert(objects.includes("Service shop/web") && objects.includes("ConfigMap shop/notes"), objects.join());
  const api = row(page, "No container declares the named target port");
  await api.getByText("A client sees: connection refused").waitFor();
  await api.getByText("line 19").waitFor();
  await list(page).getByText("spec.ports[0].targetPort").waitFor();
  await assertAccessible(page);
  await screenshot(page, "findings");
});

test("a click chooses the object and lights exactly what is to blame", async (t) => {
  const { page } = await open(t);
  await row(page, "matches no Pod").click();
  assert.equal(await page.locator(".cm-lit").innerText(), "wbe");
  await page.getByRole("complementary", { name: "Service web" }).waitFor();
});

test("severities can be left out: that is said, counted and remembered", async (t) => {
  const { page } = await open(t);
  await row(page, "matches no Pod").waitFor();
  const all = await rows(page).count();
  const warnings = list(page).getByRole("button", { name: /^\d+ warnings?$/ });
  await warnings.click();
  await row(page, "matches no Pod").waitFor({ state: "hidden" });
  assert(await rows(page).count() < all);
  await list(page).getByText(/^\d warnings? left out$/).waitFor();
  await assertAccessible(page);
  await page.reload();
  await list(page).getByText(/^\d warnings? left out$/).waitFor();
  assert.equal(await warnings.getAttribute("aria-pressed"), "false");
  await list(page).getByRole("button", { name: /^\d+ errors?$/ }).click();
  await page.getByRole("button", { name: "Show all", exact: true }).click();
  await row(page, "matches no Pod").waitFor();
  assert.equal(await rows(page).count(), all);
});

test("an edit that is certain is shown, made with one click, and undone with one key", async (t) => {
  const { page } = await open(t);
  const item = list(page).locator("li.row", { hasText: "matches no Pod" });
  await item.getByText("app: web # which one was it?").waitFor();
  // Two short lines.
  assert((await item.locator(".mend-change").boundingBox()).height < 80);
  await item.getByRole("button", { name: "Write web" }).click();
  await row(page, "matches no Pod").waitFor({ state: "hidden" });
  assert.match(await text(page), /app: web # which one was it\?/);
  // What comes next in the list has the focus.
  await page.waitForFunction(() => document.activeElement.matches("button.finding"));
  await page.getByRole("textbox", { name: "Manifests" }).focus();
  await page.keyboard.press("Control+z");
  await row(page, "matches no Pod").waitFor();
  assert.match(await text(page), /app: wbe # which one was it\?/);
});

test("the tooltip in the editor mends, too", async (t) => {
  const { page } = await open(t);
  await row(page, "matches no Pod").click();
  await page.locator(".cm-lintRange-warning").first().hover();
  await page.locator(".cm-tooltip").getByRole("button", { name: "Write web" }).click();
  await row(page, "matches no Pod").waitFor({ state: "hidden" });
});

test("with the keyboard alone: through the list, to the edit, and on", async (t) => {
  const { page } = await open(t);
  await row(page, "matches no Pod").waitFor();
  await rows(page).first().focus();
  const last = await rows(page).count() - 1;
  await page.keyboard.press("End");
  await page.waitForFunction((nth) => document.activeElement === document.querySelectorAll("button.finding")[nth], last);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.activeElement === document.querySelectorAll("button.finding")[0]);
  while (!(await page.evaluate(() => document.activeElement.innerText)).includes("matches no Pod")) await page.keyboard.press("ArrowDown");
  // The text has followed, the focus has not.
  assert.equal(await page.locator(".cm-lit").innerText(), "wbe");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.innerText.trim()), "Write web");
  await page.keyboard.press("Enter");
  await row(page, "matches no Pod").waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement.matches("button.finding"));
});

test("nothing wrong is said, and so is nothing written", async (t) => {
  const { page } = await open(t, sound);
  await list(page).getByText("Nothing to say about these manifests.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "findings-none");
  await page.getByRole("button", { name: "Clear" }).click();
  await list(page).getByText("is listed here once there is a manifest").waitFor();
});

test("when the last finding is mended the focus stays in its place", async (t) => {
  const { page } = await open(t, sound.replace("app: web # ", "app: wbe # "));
  await list(page).getByRole("button", { name: "Write web" }).click();
  await list(page).getByText("Nothing to say about these manifests.").waitFor();
  await page.waitForFunction(() => document.activeElement.id === "findings-list");
});

test("what a code means is a dialog, with the finding's own command", async (t) => {
  const { page } = await open(t);
  await list(page).getByRole("button", { name: "selector-matches-nothing" }).click();
  const dialog = page.getByRole("dialog", { name: "selector-matches-nothing" });
  await dialog.getByRole("heading", { name: "What mends it" }).waitFor();
  await dialog.getByText("kubectl -n shop get pods --show-labels").waitFor();
  await dialog.getByText("connection refused").waitFor();
  await dialog.getByText("pkg/controller/endpointslice/endpointslice_controller.go").waitFor();
  await dialog.locator(".example", { hasText: "^^^ selector-matches-nothing" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "findings-code");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.innerText), "selector-matches-nothing");
});

test("the title counts the errors", async (t) => {
  const { page } = await open(t);
  await page.waitForFunction(() => document.title === "(1) Switchboard");
  await paste(page, sound);
  await page.waitForFunction(() => document.title === "Switchboard");
});

test("three hundred Pods with findings are a list that ends, and goes on when asked", async (t) => {
  const pods = Array.from({ length: 300 }, (_, nth) => `---
apiVersion: v1
kind: Pod
metadata: {name: pod-${nth}, labels: {app: web}}
specc: {}
spec: {containers: [{name: web, image: web}]}
`).join("");
  const { page } = await open(t, pods);
  await row(page, "specc").first().waitFor();
  assert.equal(await rows(page).count(), 60);
  await page.getByRole("button", { name: /^Show more of / }).click();
  await rows(page).nth(119).waitFor();
  assert.equal(await rows(page).count(), 120);
});

test("names of sixty-three characters, other scripts and markup fit and stay text", async (t) => {
  const long = "a".repeat(63);
  const { page } = await open(t, `apiVersion: v1
kind: Service
metadata: {name: ${long}, namespace: ${long}}
spec:
  selector: {"<img src=x>": "🦀 שלום", app: ${long}}
  ports: [{port: 80}]
---
apiVersion: v1
kind: Pod
metadata: {name: p-${"b".repeat(61)}, namespace: ${long}, labels: {app: ${"c".repeat(63)}}}
spec: {containers: [{name: web, image: web}]}
`, { dark: true });
  await rows(page).first().waitFor();
  const overflow = await list(page).evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.equal(overflow, 0);
  assert.equal(await list(page).locator("img").count(), 0);
  await assertAccessible(page);
  await screenshot(page, "findings-ugly");
});

const client = `---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: client, image: client}]}
`;

test("an answer that fails says why, first what to mend first; mended, it stands beside what it was", async (t) => {
  const { page } = await open(t, broken + client);
  await row(page, "matches no Pod").waitFor();
  await send(page, "pod/shop/client", "http://web");
  const why = page.getByRole("region", { name: "Why" });
  await why.getByText("The selector matches no Pod").waitFor();
  await why.getByRole("button", { name: "line 6" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "findings-why");
  await why.getByRole("button", { name: "Write web" }).click();
  await page.getByRole("heading", { name: "Before", exact: true }).waitFor();
  const timelines = page.locator(".timeline");
  assert.match(await timelines.nth(0).innerText(), /Unreachable/);
  assert.match(await timelines.nth(1).innerText(), /Reachable/);
  await assertAccessible(page);
  await screenshot(page, "findings-mended");
  await page.getByRole("button", { name: "Close the comparison" }).click();
  await page.getByRole("heading", { name: "Before", exact: true }).waitFor({ state: "hidden" });
});

test("what is true of one packet is said with its journey only", async (t) => {
  const { page } = await open(t, sound + client);
  // Of what was pasted, not of the sample, which has nothing wrong either.
  await page.getByRole("button", { name: /^Service shop\/api,/ }).waitFor();
  await list(page).getByText("Nothing to say about these manifests.").waitFor();
  await send(page, "pod/shop/client", "http://web");
  const why = page.getByRole("region", { name: "Why" });
  await why.getByText(/^Worth knowing of this packet/).click();
  await why.getByRole("button", { name: "process-listens-elsewhere" }).waitFor();
  await assertAccessible(page);
  await list(page).getByText("Nothing to say about these manifests.").waitFor();
});

test("shapes count their findings, in words as well", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: /^Service shop\/api, .*, 1 error$/ }).waitFor();
  await page.getByRole("button", { name: /^Service shop\/web, .*, 1 warning$/ }).waitFor();
  await page.getByRole("button", { name: "Only problems" }).click();
  await page.getByRole("button", { name: /^Pod web-0/ }).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: /^Service shop\/web,/ }).waitFor();
  await page.getByRole("button", { name: "As a list" }).click();
  await page.getByRole("row", { name: /shop\/api.*1 error/ }).waitFor();
  await assertAccessible(page);
});

test("a learner who is to find what is wrong is not told: not by the list, the map, the tabs or the title", async (t) => {
  const { page } = await openPage(t, `${await serve()}#lesson=night-cart`, { size: { width: 390, height: 844 } });
  await page.getByRole("button", { name: "Look at the manifests and the map" }).click();
  const card = page.getByRole("button", { name: /^Service shop\/cart,/ });
  await card.waitFor();
  const manifests = page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: /Manifests/ });
  assert.equal((await manifests.innerText()).trim(), "Manifests");
  assert.doesNotMatch(await card.getAttribute("aria-label"), /error|warning/);
  assert.equal(await page.locator(".map .badge").count(), 0);
  const colour = (token) => page.locator(".map-panel").evaluate((panel, token) => getComputedStyle(panel).getPropertyValue(token), token);
  assert.equal(await colour("--bad"), await colour("--ink-2"));
  assert.equal(await page.getByRole("button", { name: "Only problems" }).count(), 0);
  assert.equal(await page.title(), "Switchboard");
  await manifests.click();
  await page.getByRole("textbox", { name: "Manifests" }).waitFor();
  assert.equal(await list(page).count(), 0);
  // Asked, the page tells.
  await page.getByRole("button", { name: "Lesson", exact: true }).click();
  await page.getByRole("button", { name: "Show what the engine finds" }).click();
  await page.waitForFunction(() => document.title === "(1) Switchboard");
  await manifests.getByText("1", { exact: true }).waitFor();
});
