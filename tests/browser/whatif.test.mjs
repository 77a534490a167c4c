// What if: changes from the map, from the details and from the list; undo, off, clear; before and after; what is written
// into the manifests; what survives a reload; and what each type would give a Service.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { shop as shopWith } from "./cluster.mjs";
import { assertAccessibleInBothThemes, closeBrowser, openPage, paste, screenshot, send, serve } from "./harness.mjs";

after(closeBrowser);

const shop = shopWith({ replicas: "# Before the sale.\n  replicas: 2" });

const shape = (page, name) => page.locator(".map").getByRole("button", { name });
const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();
const bar = (page) => page.getByRole("region", { name: "What if", exact: true });
const changes = (page) => page.getByRole("list", { name: "List of changes" });
const answers = (page) => page.getByRole("region", { name: "Before and after" });
const unmarked = (page) => page.waitForFunction(() => !document.querySelector(".map .changed-mark"));

async function open(t, text = shop) {
  const opened = await openPage(t, await serve());
  await paste(opened.page, text);
  await shape(opened.page, /^Service shop\/cart/).waitFor();
  return opened;
}

async function menu(page, of, entry) {
  await shape(page, of).first().click({ button: "right" });
  await page.getByRole("menuitem", { name: entry }).click();
}

test("a change from the map's menu: marked, told above the map, compared, and taken back", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await menu(page, /^Pod cart-/, "What if it is not ready");
  await bar(page).getByText("1 change, not in the manifest").waitFor();
  await shape(page, /^Pod cart-.*; changed, not as in the manifest: not ready any more$/).waitFor();
  await shape(page, /^Service shop\/cart.*; changed, not as in the manifest: endpoints ready: 1 of 2, was 2 of 2$/).waitFor();
  await bar(page).getByRole("button", { name: "Before | after" }).click();
  // Half of the packets each; then all of them to the one that is left.
  const split = answers(page).getByRole("table");
  await split.getByRole("row", { name: /^differs: shop\/cart-.* 1\/2 1$/ }).waitFor();
  await split.getByRole("row", { name: /^differs: shop\/cart-.* 1\/2 none$/ }).waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "whatif-compared");
  await bar(page).getByRole("button", { name: "Undo the last change" }).click();
  await bar(page).waitFor({ state: "detached" });
  await unmarked(page);
  await answers(page).getByText("Nothing is changed").waitFor();
});

test("a list of changes: off, on, in place of an older one, cleared, and back by keys", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await menu(page, /^Pod cart-/, "What if it is not ready");
  await shape(page, /^Pod cart-.*changed/).first().waitFor();
  const node = shape(page, /^node-1, /);
  await node.click({ button: "right" });
  await page.getByRole("menuitem", { name: "What if it is drained" }).click();
  await bar(page).getByText("2 changes, not in the manifest").waitFor();
  await tab(page, "What if");
  const boxes = changes(page).getByRole("checkbox");
  await boxes.first().uncheck();
  await bar(page).getByText("1 change, not in the manifest; 1 off").waitFor();
  await changes(page).getByRole("checkbox").last().uncheck();
  await bar(page).getByText("2 changes, turned off: the map shows what is written").waitFor();
  await unmarked(page);
  assert.equal(await bar(page).getByRole("button", { name: "As written" }).count(), 0, "there is one cluster only");
  await bar(page).getByRole("button", { name: "Turn on all changes" }).click();
  await bar(page).getByText("2 changes, not in the manifest").waitFor();
  await bar(page).getByRole("button", { name: "Clear all changes" }).click();
  await bar(page).waitFor({ state: "detached" });
  // Outside of the editor and of fields, undo is the list's.
  await page.getByRole("tab", { name: "What if" }).focus();
  await page.keyboard.press("Control+z");
  await bar(page).getByText("2 changes, not in the manifest").waitFor();
  await page.keyboard.press("Control+Shift+z");
  await bar(page).waitFor({ state: "detached" });
});

test("the answer before a change is played, and one click leads back", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await shape(page, /^Pod cart-/).first().click();
  const replicas = page.getByRole("complementary").getByLabel(/^Replicas of/);
  await replicas.fill("0");
  await page.getByRole("complementary").getByRole("button", { name: "Scale" }).click();
  await shape(page, /^Service shop\/cart.*changed/).waitFor();
  await bar(page).getByText("Unreachable").waitFor();
  await tab(page, "What if");
  const side = (name) => answers(page).getByRole("region", { name, exact: true });
  const before = side("Before, as written");
  const after = side("After, as changed");
  // First what was, then what is: in the sentence, too.
  await answers(page).getByText(/^Before: .* After: /).waitFor();
  await after.locator("[aria-current=step]").waitFor();
  // A step of the answer that is not on the map brings it there.
  await before.getByRole("button", { name: /^from here on it differs|Rewritten to|DNAT/ }).first().click();
  await bar(page).getByText("The map shows what is written, without 1 change").waitFor();
  await unmarked(page);
  await shape(page, /^Service shop\/cart.*2 of 2 endpoints ready$/).waitFor();
  await before.locator("[aria-current=step]").waitFor();
  assert.equal(await after.locator("[aria-current=step]").count(), 0);
  await changes(page).getByText("Deployment shop/cart has 0 replicas").waitFor();
  await tab(page, "Journey");
  await page.getByText("Reachable", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Last step" }).click();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "whatif-as-written");
  await bar(page).getByRole("button", { name: "Changed" }).click();
  await bar(page).getByText("1 change, not in the manifest").waitFor();
  await shape(page, /^Service shop\/cart.*changed/).waitFor();
});

test("by keyboard alone: an object by its name, a cluster setting, before and after", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await page.getByRole("tab", { name: "Journey" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.getByLabel("Object that changes").focus();
  await page.keyboard.type("deployment/shop/ca");
  await page.getByRole("option", { name: /^deployment\/shop\/cart/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByLabel("Replicas", { exact: true }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  await changes(page).getByText("Deployment shop/cart has 0 replicas").waitFor();
  await bar(page).getByText("Unreachable").waitFor();
  await page.getByLabel("kube-proxy runs as").selectOption("cluster/mode=nftables");
  await changes(page).getByText("kube-proxy runs in mode nftables").waitFor();
  await page.getByLabel("kube-proxy runs as").selectOption("cluster/mode=iptables");
  await changes(page).getByText("kube-proxy runs in mode nftables").waitFor({ state: "detached" });
  await assertAccessibleInBothThemes(page);
});

test("the node that outside traffic enters: from its menu, by name, as a setting, and kept as an option", async (t) => {
  const nodePort = shop.replace("  selector: {app: cart}\n  ports", "  type: NodePort\n  selector: {app: cart}\n  ports");
  const { page } = await open(t, nodePort.replace("port: 80, targetPort", "port: 80, nodePort: 30080, targetPort"));
  await send(page, "outside", "node/*:30080");
  await menu(page, /^node-2, /, "What if outside traffic enters here");
  await shape(page, /^node-2, .*; changed, not as in the manifest: the node that outside traffic enters by$/).waitFor();
  await tab(page, "What if");
  await changes(page).getByText("Outside traffic enters by node node-2").waitFor();
  await answers(page).locator(".differs-text.differs").waitFor();
  const setting = page.getByRole("combobox", { name: /Outside traffic enters by$/ });
  assert.equal(await setting.inputValue(), "cluster/entry-node=node-2");
  // What is no object is told so.
  await page.getByLabel("Object that changes").fill("node-3");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Write an object as kind/namespace/name").waitFor();
  // By name, in place of the first.
  await page.getByLabel("Object that changes").fill("node/node-3");
  assert.match(await page.getByLabel("What becomes of it").inputValue(), /^node\/node-3=not-ready$/);
  await page.getByLabel("What becomes of it").selectOption("is where outside traffic enters");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await changes(page).getByText("Outside traffic enters by node node-3").waitFor();
  await changes(page).getByText("Outside traffic enters by node node-2").waitFor({ state: "detached" });
  await assertAccessibleInBothThemes(page);
  await changes(page).getByRole("button", { name: "Keep as an option" }).click();
  await bar(page).waitFor({ state: "detached" });
  assert.equal(await setting.inputValue(), "cluster/entry-node=node-3");
  // From there, any other is a change; the written one is none.
  await setting.selectOption("any node");
  await changes(page).getByText("Outside traffic enters by any node").waitFor();
  await setting.selectOption("node-3");
  await bar(page).waitFor({ state: "detached" });
});

test("what is written into the manifest leaves the list, and the editor can undo it", async (t) => {
  const { page } = await open(t);
  await shape(page, /^Pod cart-/).first().click();
  const replicas = page.getByRole("complementary").getByLabel(/^Replicas of/);
  await replicas.fill("3");
  await page.getByRole("complementary").getByRole("button", { name: "Scale" }).click();
  await bar(page).getByText("1 change, not in the manifest").waitFor();
  await tab(page, "What if");
  await changes(page).getByRole("button", { name: "Write into the manifest" }).click();
  await bar(page).waitFor({ state: "detached" });
  const editor = page.getByRole("textbox", { name: "Manifests" });
  await editor.getByText("replicas: 3").waitFor();
  await editor.getByText("# Before the sale.").waitFor();
  await shape(page, /^Service shop\/cart.*3 of 3 endpoints ready$/).waitFor();
  await editor.click();
  await page.keyboard.press("Control+z");
  await editor.getByText("replicas: 2").waitFor();
  await shape(page, /^Service shop\/cart.*2 of 2 endpoints ready$/).waitFor();
});

test("changes survive a reload, and one whose object is gone says so", async (t) => {
  const { page } = await open(t);
  await shape(page, /^Pod web,/).click({ button: "right" });
  await page.getByRole("menuitem", { name: "What if it is gone" }).click();
  await bar(page).getByText("1 change, not in the manifest").waitFor();
  await page.waitForFunction(() => Object.values(localStorage).some((kept) => kept.includes("pod/shop/web=gone")));
  await page.reload();
  await bar(page).getByText("1 change, not in the manifest").waitFor();
  await paste(page, shop.slice(0, shop.lastIndexOf("---")));
  await tab(page, "What if");
  await changes(page).getByText("There is no such object in the manifests: this change does nothing.").waitFor();
  await assertAccessibleInBothThemes(page);
});

test("which type should this be: columns, and a journey shown as another type", async (t) => {
  const { page } = await open(t);
  await menu(page, /^Service shop\/cart/, "Which type should this be?");
  const column = (name) => page.getByRole("region", { name, exact: true });
  await column("ExternalName").waitFor();
  await column("ClusterIP").getByText("as it is now").waitFor();
  await column("ClusterIP").getByText("Unreachable").waitFor();
  await column("NodePort, externalTrafficPolicy: Local").getByText("Sometimes reachable").waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "types");
  await column("NodePort").getByRole("button", { name: /show the journey from outside/ }).click();
  await bar(page).getByText("2 changes, not in the manifest").waitFor();
  await shape(page, /^Service shop\/cart, NodePort/).waitFor();
  await page.locator(".verdict").getByText("Reachable", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("From").inputValue(), "outside");
});
