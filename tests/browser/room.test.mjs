// Where there is least room: words stay whole, controls keep a size that can be used, dialogs stand in rows.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { shop as shopWith } from "./cluster.mjs";
import { closeBrowser, openPage, paste, send, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const shop = shopWith({ ports: "[{name: http, port: 80, targetPort: 8080}]", web: "{hostNetwork: true, containers: [{name: web, image: web}]}" });

const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();

/** The shop with a packet on its way. */
async function sent(t, size, from = "pod/shop/web", to = "http://cart.shop.svc.cluster.local") {
  const { page } = await openPage(t, await serve(), { size: sizes.desktop });
  await paste(page, shop);
  await page.getByRole("button", { name: /^Service shop\/cart/ }).waitFor();
  await send(page, from, to);
  await page.setViewportSize(size);
  if (size.width < 900) await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Journey" }).click();
  return page;
}

/** Texts of the elements that take more than one line. */
const broken = (elements) => elements.evaluateAll((all) => all.filter((element) => {
  const text = document.createRange();
  text.selectNodeContents(element);
  return new Set([...text.getClientRects()].map((rect) => Math.round(rect.top))).size > 1;
}).map((element) => element.textContent));

const width = async (element) => (await element.boundingBox()).width;

test("numbers and codes in tables are not broken", async (t) => {
  const page = await sent(t, sizes.desktop);
  await tab(page, "Branches");
  await page.getByRole("button", { name: "Send 1,000" }).click();
  await page.locator(".spread").first().waitFor();
  assert.deepEqual(await broken(page.locator(".spread td.number")), []);
  await page.setViewportSize(sizes.tablet);
  await page.getByRole("button", { name: "As a list" }).click();
  assert.deepEqual(await broken(page.locator(".as-list td:nth-child(2)").filter({ hasText: "ClusterIP" })), []);
});

test("on a phone the answers of the name server stay whole, and so do the marks of what is assumed", async (t) => {
  const page = await sent(t, sizes.phone, "deployment/shop/cart", "http://cart");
  await tab(page, "EndpointSlices");
  await page.locator(".table .why").first().waitFor();
  assert.deepEqual(await broken(page.locator(".table .why")), []);
  await tab(page, "DNS");
  assert.deepEqual(await broken(page.getByRole("cell", { name: "NOERROR", exact: true })), []);
});

test("in 360 pixels the sample is named and the journey can be dragged", async (t) => {
  const page = await sent(t, { width: 360, height: 740 });
  assert(await width(page.getByLabel("Sample", { exact: true })) >= 80);
  assert(await width(page.locator(".below .scrub")) >= 60);
});

test("whose resolver is asked is said where no manifest knows", async (t) => {
  const page = await sent(t, sizes.desktop);
  await tab(page, "DNS");
  await page.getByText("The sender goes by its node’s resolv.conf").waitFor();
  assert.equal(await page.getByRole("rowheader", { name: "nameserver" }).count(), 0);
});

test("no problem at all is said as that", async (t) => {
  const { page } = await openPage(t, await serve());
  const web = page.getByRole("button", { name: /^Service shop\/web/ });
  await web.waitFor();
  await page.getByRole("button", { name: "Only problems on the map" }).click();
  await page.getByRole("heading", { name: "No problems" }).waitFor();
  await page.locator(".empty").getByRole("button", { name: "Show everything" }).click();
  await web.waitFor();
});

test("the buttons of a dialog stand in rows, from the left", async (t) => {
  const { page } = await openPage(t, await serve());
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share and export" });
  const [copy, iframe, heading] = await Promise.all([
    dialog.getByRole("button", { name: "Copy link" }),
    dialog.getByRole("button", { name: "Copy as iframe" }),
    dialog.getByRole("heading", { name: "Link" }),
  ].map((element) => element.boundingBox()));
  assert.equal(copy.y, iframe.y);
  assert.equal(copy.x, heading.x);
});

test("why a packet fails is there in full in a low window, and stepping does not scroll it away", async (t) => {
  const { page } = await openPage(t, await serve(t));
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.getByRole("combobox", { name: "Sample" }).selectOption("broken");
  const why = page.getByRole("region", { name: "Why" });
  await why.getByText("The selector matches no Pod").waitFor();
  await page.keyboard.press("End");
  await page.getByRole("list", { name: "Steps of the journey" }).locator("li:last-child [aria-current=step]").waitFor();
  const [whole, seen] = await why.evaluate((strip) => [strip.getBoundingClientRect(), strip.closest(".tab-body").getBoundingClientRect()]);
  assert(whole.top >= seen.top && whole.bottom <= seen.bottom, `${whole.top}–${whole.bottom} in ${seen.top}–${seen.bottom}`);
});

test("type grows in a very wide window, and only there", async (t) => {
  const { page } = await openPage(t, await serve(t));
  const rem = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  assert.equal(await rem(), 16);
  await page.setViewportSize({ width: 3840, height: 2160 });
  assert(await rem() > 20);
});
