// What a person does with the app: look, paste, read findings, send a packet, step, break and mend.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertAccessibleInBothThemes, closeBrowser, openPage, paste, screenshot, send, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const shop = `apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
spec:
  selector:
    app: cart
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: cart
  template:
    metadata:
      labels:
        app: cart
    spec:
      containers:
        - name: cart
          image: cart:1
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: web:1
`;

const samples = ["clusterip", "nodeport", "loadbalancer", "headless", "externalname", "selectorless", "broken"];

const shape = (page, name) => page.getByRole("button", { name });
const steps = (page) => page.getByRole("list", { name: "Steps of the journey" });
const current = (page) => steps(page).locator("[aria-current=step]");

async function open(t, options) {
  const opened = await openPage(t, await serve(), options);
  await shape(opened.page, /^Service /).first().waitFor();
  return opened;
}

test("the first visit shows a Service, its Pods, and a packet on its way", async (t) => {
  const { page } = await open(t, { contextOptions: { reducedMotion: "no-preference" } });
  assert.equal(await shape(page, /^Service shop\/web, ClusterIP/).count(), 1);
  assert.equal(await shape(page, /^Pod web-/).count(), 3);
  await current(page).waitFor();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  const first = await current(page).innerText();
  await page.waitForFunction((first) => document.querySelector("[aria-current=step]").innerText !== first, first);
});

test("a pasted application is drawn with the Pods that its selectors find", async (t) => {
  const { page } = await open(t);
  await paste(page, shop);
  await shape(page, /^Service shop\/cart, ClusterIP, .*2 of 2 endpoints ready/).waitFor();
  assert.equal(await shape(page, /^Pod cart-/).count(), 2);
  await page.getByText("Nothing to say about these manifests").waitFor();
});

test("a packet is followed there and back, by buttons and by keys", async (t) => {
  const { page } = await open(t);
  await paste(page, shop);
  await shape(page, /^Service shop\/cart/).waitFor();
  await send(page, "pod/shop/web", "http://cart");
  await page.getByText("Reachable", { exact: true }).waitFor();
  for (const phase of ["DNS", "Service", "Pod", "Reply"]) {
    await steps(page).getByText(phase, { exact: true }).waitFor();
  }
  await steps(page).getByRole("button").first().click();
  const first = await current(page).innerText();
  await page.getByRole("button", { name: "Next step" }).click();
  assert.notEqual(await current(page).innerText(), first);
  await page.keyboard.press("PageUp");
  await page.waitForFunction((first) => document.querySelector("[aria-current=step]").innerText === first, first);
  // The step that rewrites shows both headers, and the rule that did it.
  await steps(page).getByRole("button", { name: /^DNAT to / }).click();
  assert.match(await page.locator(".header-table ins").innerText(), /^10\..*:8080$/);
  await page.locator(".rules-met").getByText(/KUBE-SEP-/).first().waitFor();
  await page.getByRole("button", { name: "Last step" }).click();
  assert.equal(await current(page).innerText(), await steps(page).getByRole("button").last().innerText());
  await page.getByRole("tab", { name: "DNS" }).click();
  await page.getByRole("cell", { name: "cart.shop.svc.cluster.local." }).first().waitFor();
});

test("a broken selector is seen, explained, found in the text, and mended", async (t) => {
  const { page } = await open(t);
  await paste(page, shop.replace("selector:\n    app: cart", "selector:\n    app: carts"));
  await shape(page, /^Service shop\/cart, .*no endpoints/).waitFor();
  const finding = page.locator(".findings .finding", { hasText: "matches no Pod" });
  await finding.click();
  assert.equal(await page.locator(".cm-activeLine").innerText(), "    app: carts");
  assert(await page.locator(".cm-lint-marker-warning, .cm-lint-marker-error").count() > 0, "the gutter has a mark");
  await send(page, "pod/shop/web", "http://cart");
  await page.getByText("Unreachable", { exact: true }).waitFor();
  await page.getByText(/connection refused/).first().waitFor();
  await paste(page, shop);
  // The same probe is asked of the mended text without being sent again.
  await page.getByText("Reachable", { exact: true }).waitFor();
  await page.getByText("Nothing to say about these manifests").waitFor();
});

test("choosing a Pod and a Service on the map fills the probe", async (t) => {
  const { page } = await open(t);
  await paste(page, shop);
  await shape(page, /^Pod web,/).click();
  await page.waitForFunction(() => document.getElementById("probe-from").value === "pod/shop/web");
  await shape(page, /^Service shop\/cart/).click();
  await page.waitForFunction(() => document.getElementById("probe-to").value === "http://cart.shop");
  await page.getByRole("tab", { name: "EndpointSlices" }).click();
  await page.getByRole("columnheader", { name: "ADDRESSTYPE" }).waitFor();
  assert.equal(await page.getByRole("cell", { name: /^shop\/cart-/ }).count(), 2);
});

test("a node's rules are shown, with those that the step met", async (t) => {
  const { page } = await open(t);
  await steps(page).getByRole("button", { name: /^DNAT to / }).click();
  await page.getByRole("tab", { name: "Rules" }).click();
  await page.locator(".ruleset .matched", { hasText: "KUBE-SEP-" }).first().waitFor();
});

for (const id of samples) {
  test(`sample ${id} renders and its packet moves`, async (t) => {
    const { page } = await open(t);
    await page.getByLabel("Sample").selectOption(id);
    await current(page).waitFor();
    await page.locator(".map .packet").waitFor({ state: "attached" });
    await screenshot(page, `sample-${id}`);
  });
}

test("the text survives a reload", async (t) => {
  const { page } = await open(t);
  await paste(page, shop);
  await shape(page, /^Service shop\/cart/).waitFor();
  await page.waitForFunction(() => Object.values(localStorage).some((kept) => kept.includes("name: cart")));
  await page.reload();
  await shape(page, /^Service shop\/cart/).waitFor();
});

test("files are opened beside each other", async (t) => {
  const { page } = await open(t);
  const [service, ...rest] = shop.split("---\n");
  await page.locator("input[type=file]").setInputFiles([
    { name: "service.yaml", mimeType: "text/yaml", buffer: Buffer.from(service) },
    { name: "apps.yaml", mimeType: "text/yaml", buffer: Buffer.from(rest.join("---\n")) },
  ]);
  await shape(page, /^Service shop\/cart, .*2 of 2 endpoints ready/).waitFor();
  await page.getByRole("button", { name: "apps.yaml", exact: true }).click();
  assert.match(await page.locator(".cm-content").innerText(), /kind: Deployment/);
  await page.getByRole("button", { name: "Close apps.yaml" }).click();
  await shape(page, /^Service shop\/cart, .*no endpoints/).waitFor();
});

test("nothing, no YAML, and no Service each say what to do", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByRole("heading", { name: "Paste your manifests" }).waitFor();
  await assertAccessible(page);
  await paste(page, "hello: [world");
  await page.getByRole("heading", { name: "This text holds no manifest" }).waitFor();
  await paste(page, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
  await page.getByRole("heading", { name: /^No Service/ }).waitFor();
});

test("text of a manifest never becomes markup", async (t) => {
  const { page } = await open(t);
  await paste(page, shop.replaceAll("name: cart", 'name: "<img src=x onerror=document.title=1>"'));
  await shape(page, /<img/).first().waitFor();
  assert.equal(await page.locator("img").count(), 0);
});

test("everything is reached with the keyboard", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: "Pause" }).click();
  // From the search field on: the map has one stop, arrows move in it, Enter chooses.
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.getByLabel("Search by name or address").fill("web");
  await page.getByRole("region", { name: "Search results" }).getByRole("button").first().waitFor();
  await page.keyboard.press("Enter");
  const chosen = page.locator(".map .item.selected").getByRole("button");
  await chosen.waitFor();
  await chosen.focus();
  await page.keyboard.press("ArrowRight");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(await focused(), /^Pod web-/);
  await page.keyboard.press("Enter");
  await page.locator(".detail").getByText("podIP", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".detail").count(), 0);
  await page.getByRole("tab", { name: "Journey" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Probes", selected: true }).waitFor();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Help" });
  await help.waitFor();
  assert(await help.evaluate((dialog) => dialog.contains(document.activeElement)), "the help has the focus");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  assert(await page.getByRole("tab", { name: "Probes" }).evaluate((tab) => tab === document.activeElement), "it is given back");
});

test("the page is accessible in its states, in both themes and three widths", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: "Pause" }).click();
  const states = [
    ["journey", async () => current(page).waitFor()],
    ["detail", async () => { await shape(page, /^Service shop\/web/).click(); await page.locator(".detail").waitFor(); }],
    ["slices", async () => page.getByRole("tab", { name: "EndpointSlices" }).click()],
    ["rules", async () => page.getByRole("tab", { name: "Rules" }).click()],
    ["list", async () => page.getByRole("button", { name: /As a list/ }).click()],
    ["help", async () => page.getByRole("button", { name: "Help", exact: true }).click()],
  ];
  for (const [, reach] of states) {
    await reach();
    await assertAccessibleInBothThemes(page);
  }
});

for (const [name, size] of Object.entries(sizes)) {
  test(`at ${name} size nothing is lost and everything is accessible`, async (t) => {
    const { page } = await open(t, { size });
    await page.getByLabel("Sample").selectOption("broken");
    await page.locator(".map .packet").waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "the page does not scroll sideways");
    await assertAccessible(page);
    if (name === "phone") {
      for (const pane of ["Manifests", "Journey", "Map"]) {
        await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: pane }).click();
        await assertAccessible(page);
      }
    }
  });
}
