// The page as a whole: it loads, edits, asks its worker, survives the worker's end, from any path.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, closeBrowser, openPage, paste, screenshot, serve } from "./harness.mjs";

after(closeBrowser);

for (const path of ["/", "/some/where/"]) {
  test(`served from ${path}, the page loads, edits and answers`, async (t) => {
    const { page, requests } = await openPage(t, await serve(t, { path }));
    await paste(page, "kind: Service\nmetadata:\n  name: web");
    await page.getByText("3 lines").waitFor();
    assert(requests.some((url) => /worker_bg\.wasm\?v=[0-9a-f]{16}$/.test(url)), "the worker's wasm carries the build's mark");
  });
}

test("the page is accessible in both themes", async (t) => {
  const { page } = await openPage(t, await serve(t));
  await paste(page, "kind: Service # a comment\nspec: {ports: [80]}");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page);
  }
  await screenshot(page, "page");
});

test("a panic in the worker is survived with the text kept", async (t) => {
  const { page } = await openPage(t, await serve(t), { expected: [/unreachable/] });
  await paste(page, "a\nb");
  await page.getByText("2 lines").waitFor();
  const [worker] = page.workers();
  const again = page.waitForEvent("worker");
  await worker.evaluate(() => setTimeout(() => self.dispatchEvent(new MessageEvent("message", { data: "no question" }))));
  await again;
  await page.getByRole("alert").getByText("your text is kept").waitFor();
  await paste(page, "a\nb\nc");
  await page.getByText("3 lines").waitFor();
});

test("a worker that hangs is ended and replaced", async (t) => {
  const { page } = await openPage(t, await serve(t));
  await paste(page, "a\nb");
  await page.getByText("2 lines").waitFor();
  const [worker] = page.workers();
  const again = page.waitForEvent("worker");
  worker.evaluate(() => setTimeout(() => { for (;;) { /* for ever */ } })).catch(() => {});
  await paste(page, "a\nb\nc");
  await again;
  await page.getByRole("alert").getByText("took longer than").waitFor();
  await page.getByText("3 lines").waitFor();
});
