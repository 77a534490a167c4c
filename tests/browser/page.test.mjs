// The page as a whole: it loads, edits, asks its worker, survives the worker's end, from any path.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, closeBrowser, openPage, paste, screenshot, serve } from "./harness.mjs";

after(closeBrowser);

const service = (name) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`;
const shape = (page, name) => page.getByRole("button", { name: new RegExp(`^Service default/${name},`) });

for (const path of ["/", "/some/where/"]) {
  test(`served from ${path}, the page loads, edits and answers`, async (t) => {
    const { page, requests } = await openPage(t, await serve(t, { path }));
    await paste(page, service("web"));
    await shape(page, "web").waitFor();
    assert(requests.some((url) => /worker_bg\.wasm\?v=[0-9a-f]{16}$/.test(url)), "the worker's wasm carries the build's mark");
  });
}

test("a panic in the worker is survived with the text kept", async (t) => {
  const { page } = await openPage(t, await serve(t), { expected: [/unreachable/] });
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  const [worker] = page.workers();
  const again = page.waitForEvent("worker");
  await worker.evaluate(() => setTimeout(() => self.dispatchEvent(new MessageEvent("message", { data: "no question" }))));
  await again;
  await page.getByRole("alert").getByText("your text is kept").waitFor();
  // What can be told of it holds nothing of the manifests, unless the person says so.
  await page.getByRole("button", { name: "Report" }).click();
  const dialog = page.getByRole("dialog", { name: "Report of the crash" });
  const report = dialog.locator("pre");
  assert.match(await report.innerText(), /The engine crashed: .*worker_client/);
  assert.doesNotMatch(await report.innerText(), /kind: Service/);
  await assertAccessible(page);
  await screenshot(page, "crash");
  await dialog.getByRole("checkbox").check();
  await report.getByText("kind: Service").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await paste(page, service("api"));
  await shape(page, "api").waitFor();
});

test("a worker that hangs is ended and replaced", async (t) => {
  const { page } = await openPage(t, await serve(t));
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  const [worker] = page.workers();
  const again = page.waitForEvent("worker", { timeout: 60_000 });
  worker.evaluate(() => setTimeout(() => { for (;;) { /* for ever */ } })).catch(() => {});
  await paste(page, service("api"));
  await again;
  await page.getByRole("alert").getByText("took longer than").waitFor();
  // The same text is not tried again by itself; a change of it is.
  await paste(page, service("shop"));
  await shape(page, "shop").waitFor();
});
