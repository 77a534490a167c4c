// The map: menu, wire, filter, folds at 300 and 30,000 Pods, small map, names that are hard to draw, places that stay.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, closeBrowser, openPage, paste, screenshot, send, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const app = (namespace, name, replicas, type = "ClusterIP") => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  type: ${type}
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, tier: ${Number(replicas) > 3 ? "back" : "front"}}}
    spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
`;

const cluster = (namespaces, apps, replicas) =>
  Array.from({ length: namespaces }, (_, team) =>
    Array.from({ length: apps }, (_, nth) => app(`team-${String(team).padStart(3, "0")}`, `app-${nth}`, replicas)).join("")).join("");

const shop = app("shop", "web", 2, "NodePort") + app("shop", "cart", 2);

const shape = (page, name) => page.locator(".map").getByRole("button", { name });
const note = (page) => page.locator(".hidden-note");

async function open(t, text, options) {
  const opened = await openPage(t, await serve(), options);
  await shape(opened.page, /^Service /).first().waitFor();
  const sample = await opened.page.locator("header .summary").textContent();
  await opened.page.locator("input[type=file]").setInputFiles([
    { name: "cluster.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) },
  ]);
  // The sample has shapes of the same names, and the engine may still be on its way.
  await opened.page.waitForFunction((old) => document.querySelector("header .summary")?.textContent !== old, sample);
  return opened;
}

test("the menu of a shape is opened, walked and used by keyboard", async (t) => {
  const { page } = await open(t, shop);
  const pod = shape(page, /^Pod web-/).first();
  await pod.click({ button: "right" });
  const menu = page.getByRole("menu");
  await menu.waitFor();
  await assertAccessible(page);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.match(await focused(), /^Send from here/);
  await page.keyboard.press("Escape");
  assert.equal(await menu.count(), 0);
  // The focus is back, and letters do the same as the menu.
  await page.keyboard.press("f");
  await page.waitForFunction(() => /^pod\/shop\/web-/.test(document.getElementById("probe-from").value));
  await shape(page, /^Service shop\/cart/).focus();
  await page.keyboard.press("t");
  await page.waitForFunction(() => document.getElementById("probe-to").value === "http://cart.shop");
});

test("details say who made a Pod, topmost first, and lead to where it is written", async (t) => {
  const live = `---
apiVersion: v1
kind: Pod
metadata:
  name: agent-x7k2p
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}]
spec: {containers: [{name: c, image: i}]}
`;
  const { page } = await open(t, app("shop", "web", 2) + app("shop", "cart", 12) + live);
  const owners = page.locator(".detail").getByRole("listitem").filter({ has: page.locator("xpath=ancestor::dd") });
  const said = async (texts) => {
    for (const [nth, text] of texts.entries()) await owners.nth(nth).getByText(text).waitFor();
    assert.equal(await owners.count(), texts.length);
  };
  await shape(page, /^Pod web-/).first().click();
  await said([/^Deployment web$/, /^ReplicaSet web-/]);
  // The name of the ReplicaSet holds a hash that only a real cluster knows.
  await owners.nth(1).getByText("assumed").waitFor();
  await assertAccessible(page);
  await owners.nth(0).getByRole("button").click();
  await page.locator(".cm-activeLine").getByText("metadata: {name: web, namespace: shop}").waitFor();
  // A fold says what is true of all of its Pods: an address is not.
  await shape(page, /^Pods cart ×4/).first().click();
  await said([/^Deployment cart$/, /^ReplicaSet cart-/]);
  assert.equal(await page.locator(".detail").getByText("podIP", { exact: true }).count(), 0);
  await shape(page, /^Pod agent-/).click();
  await said([/^DaemonSet agent/]);
  await owners.nth(0).getByText("ownerReference").waitFor();
  assert.equal(await owners.nth(0).getByRole("button").count(), 0);
});

test("a wire drawn from a Pod to a Service sends a packet", async (t) => {
  const { page } = await open(t, shop);
  const from = await shape(page, /^Pod cart-/).first().boundingBox();
  const to = await shape(page, /^Service shop\/web/).boundingBox();
  await page.mouse.move(from.x + 40, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 20, { steps: 4 });
  await page.locator(".rubber").getByText("Send to http://web.shop").waitFor();
  await page.mouse.up();
  await page.getByText("Reachable", { exact: true }).waitFor();
  assert.equal(await page.locator("#probe-to").inputValue(), "http://web.shop");
  assert.match(await page.locator("#probe-from").inputValue(), /^pod\/shop\/cart-/);
});

test("the node that the packet is on opens, and closes again", async (t) => {
  const { page } = await open(t, shop);
  const from = await shape(page, /^Pod cart-/).first().boundingBox();
  const to = await shape(page, /^Service shop\/web/).boundingBox();
  await page.mouse.move(from.x + 40, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("list", { name: "Steps of the journey" }).getByRole("button", { name: /^DNAT to / }).click();
  await page.getByRole("button", { name: /^Inside of / }).click();
  const inside = page.getByRole("region", { name: /^Inside of node / });
  await inside.getByText(/^in by veth of cart-/).waitFor();
  await inside.getByText(/^tcp .*dport=80 .*\[UNREPLIED\]/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "map-inside");
  await page.getByRole("button", { name: "Close the node" }).click();
  assert.equal(await inside.count(), 0);
});

test("300 Pods fold, filter by labels, and say what is left out", async (t) => {
  const { page } = await open(t, cluster(6, 10, 5));
  await shape(page, /^Service team-000\/app-0,/).waitFor();
  // All of it is all of it, to the last row.
  await page.getByRole("button", { name: "Show all of the map" }).click();
  await page.waitForFunction(() => {
    const end = (element) => element.getBoundingClientRect().bottom;
    return Math.max(...[...document.querySelectorAll(".map .touch")].map(end)) <= end(document.querySelector(".map"));
  });
  await page.getByRole("button", { name: "Filter" }).click();
  const labels = page.getByLabel("Labels, as kubectl -l reads them");
  await labels.fill("app in (app-1,app-2");
  await labels.press("Enter");
  await page.locator("#filter-error").getByText("expected a comma or ), found the end").waitFor();
  await labels.fill("app in (app-1,app-2),tier!=front");
  await labels.press("Enter");
  await note(page).getByText("48 Services and 240 Pods filtered out").waitFor();
  assert.equal(await shape(page, /^Service /).count(), 12);
  await page.getByRole("checkbox", { name: "team-003" }).check();
  await note(page).getByText("58 Services and 290 Pods filtered out").waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await screenshot(page, "map-filter");
  await page.getByRole("button", { name: "Remove filter namespace: team-003" }).click();
  await note(page).getByText("48 Services and 240 Pods filtered out").waitFor();
  await page.getByRole("list", { name: "Filters" }).getByRole("button", { name: "Show everything" }).click();
  await shape(page, /^Service team-005\/app-9,/).waitFor();
});

test("30,000 Pods fold into namespaces, open one by one, and are found", async (t) => {
  const { page } = await open(t, cluster(100, 10, 30));
  await note(page).getByText("100 namespaces folded, with 30,000 Pods").waitFor({ timeout: 60_000 });
  assert(await page.locator(".map .item").count() <= 400);
  await screenshot(page, "map-30000");
  await page.getByRole("button", { name: "As a list" }).click();
  const row = page.getByRole("row", { name: /^team-041 10 Services, 300 Pods/ });
  await row.getByRole("button", { name: "Unfold team-041" }).click();
  await page.getByRole("cell", { name: "team-041/app-3", exact: true }).waitFor();
  assert.equal(await row.count(), 0);
  await assertAccessible(page);
  await page.getByRole("button", { name: "As a list" }).click();
  await shape(page, /^Namespace team-042, folded/).focus();
  await page.keyboard.press("u");
  await shape(page, /^Namespace team-042, open/).waitFor();
  assert.equal(await shape(page, /^Service team-042\//).count(), 10);
  await page.getByLabel("Search by name or address").fill("team-077/app-3");
  await page.getByRole("region", { name: "Search results" }).getByRole("button").first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".map .item.selected").getByRole("button", { name: /^Service team-077\/app-3,/ }).waitFor();
  await page.getByRole("button", { name: /^Fold/ }).click();
  await note(page).getByText("100 namespaces folded, with 30,000 Pods").waitFor();
  assert(await page.locator(".map .item").count() <= 400);
});

test("Pods are grouped by node, by workload or by namespace, and the packet is shown in each", async (t) => {
  const { page } = await open(t, app("shop", "web", 2) + app("shop", "cart", 12));
  await shape(page, /^Pods cart ×4/).first().waitFor();
  await send(page, "deployment/shop/web", "http://cart.shop");
  await page.getByRole("list", { name: "Steps of the journey" }).getByRole("button", { name: /^arrives/ }).first().click();
  const grouped = page.getByLabel("Group Pods on the map");
  const packet = page.locator(".map .packet");
  await packet.waitFor();
  await grouped.focus();
  await page.keyboard.press("ArrowDown");
  await note(page).getByText("14 Pods folded into their workloads").waitFor();
  await shape(page, /^Pods cart ×12/).waitFor();
  assert.equal(await shape(page, /^Node /).count(), 0);
  await page.locator(".map .item.lit").getByRole("button", { name: /^Pods cart ×12/ }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "map-by-workload");
  await page.keyboard.press("ArrowDown");
  await note(page).getByText("1 namespace folded, with 14 Pods").waitFor();
  await page.locator(".map .item.lit").getByRole("button", { name: /^Namespace shop, folded/ }).waitFor();
  // It is part of the view, and kept.
  await page.reload();
  await shape(page, /^Namespace shop, folded/).waitFor();
  assert.equal(await grouped.inputValue(), "By namespace");
});

test("the bar of the map is whole where there is little room", async (t) => {
  const { page } = await open(t, app("shop", "web", 2) + app("shop", "cart", 3), { size: sizes.tablet });
  await shape(page, /^Pod cart-/).first().waitFor();
  await page.getByLabel("Group Pods on the map").selectOption("By workload");
  await note(page).getByText("5 Pods folded into their workloads").waitFor();
  const beyond = await page.locator(".map-bar > *").evaluateAll((parts) => parts
    .filter((part) => part.getBoundingClientRect().right > window.innerWidth).map((part) => part.textContent));
  assert.deepEqual(beyond, []);
  // On a phone it takes one row as long as nothing is folded: its buttons stand as high as its search.
  await page.getByLabel("Group Pods on the map").selectOption("By node");
  await page.setViewportSize(sizes.phone);
  await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Map" }).click();
  await page.waitForFunction(() => {
    const [search, list] = ["[type=search]", "[aria-label^='As a list']"].map(
      (what) => document.querySelector(`.map-bar ${what}`)?.getBoundingClientRect());
    return search?.width > 60 && search.top === list.top;
  });
});

test("the small map is there when the map exceeds its window, and moves it", async (t) => {
  const { page } = await open(t, cluster(4, 6, 2));
  await shape(page, /^Service team-003\/app-5,/).waitFor();
  const small = page.locator(".minimap");
  await small.waitFor();
  const before = await shape(page, /^Service team-003\/app-5,/).boundingBox();
  const box = await small.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height - 4);
  await page.waitForFunction((before) =>
    document.querySelector('.map [aria-label^="Service team-003/app-5,"]').getBoundingClientRect().y < before - 100, before.y);
});

test("names of 63 characters, from right to left, and with pictures do not overlap", async (t) => {
  const long = "a-name-that-uses-all-of-the-sixty-three-characters-it-may-have1";
  const text = app("shop", long, 2) + app("shop", "متجر-الكتب", 1) + app("shop", "🦀-crab-🦞-lobster-🐙-octopus", 1);
  const { page } = await open(t, text);
  await shape(page, new RegExp(`^Service shop/${long}`)).waitFor();
  await screenshot(page, "map-names");
  // What a shape says stays inside of it.
  const outside = await page.evaluate(() => [...document.querySelectorAll(".map .item")].flatMap((item) => {
    const frame = item.querySelector(".touch").getBoundingClientRect();
    return [...item.querySelectorAll("text")]
      .filter((text) => text.getBoundingClientRect().right > frame.right + 1)
      .map((text) => text.textContent);
  }));
  assert.deepEqual(outside, []);
});

test("an edit leaves what it does not touch where it is", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, shop);
  await shape(page, /^Service shop\/web, NodePort/).waitFor();
  const places = () => page.evaluate(() => Object.fromEntries(
    [...document.querySelectorAll(".map .item")].map((item) => [item.querySelector(".touch").id, item.getAttribute("transform")])));
  const before = await places();
  await paste(page, shop + app("shop", "zoo", 3));
  await shape(page, /^Service shop\/zoo/).waitFor();
  const now = await places();
  for (const [id, place] of Object.entries(before)) assert.equal(now[id], place, id);
});
