// The page as a whole: it loads, edits, asks its worker, survives the worker's end, from any path.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, chromiumOf, closeBrowser, openPage, paste, screenshot, serve } from "./harness.mjs";

after(closeBrowser);

const service = (name) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`;
const shape = (page, name) => page.getByRole("button", { name: new RegExp(`^Service default/${name},`) });

for (const path of ["/", "/some/where/"]) {
  test(`served from ${path}, the page loads, edits and answers`, async (t) => {
    const { page, requests } = await openPage(t, await serve({ path }));
    await paste(page, service("web"));
    await shape(page, "web").waitFor();
    assert(requests.some((url) => /worker_bg\.wasm\?v=[0-9a-f]{16}$/.test(url)), "the worker's wasm carries the build's mark");
  });
}

test("a panic in the worker is survived with the text kept", async (t) => {
  const { page } = await openPage(t, await serve(), { expected: [/unreachable/] });
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
  const { page } = await openPage(t, await serve());
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

/** A context in which the engine's file meets `fate` instead of the server. */
async function without(t, fate) {
  const context = await (await chromiumOf(t)).newContext({ reducedMotion: "reduce" });
  t.after(() => context.close());
  await context.route(/worker_bg\.wasm/, fate);
  return context;
}

test("while the engine is on its way, whoever waits for it is told", async (t) => {
  let arrive;
  const arrived = new Promise((resolve) => { arrive = resolve; });
  const context = await without(t, async (route) => {
    await arrived;
    await route.continue();
  });
  const { page } = await openPage(t, await serve(), { context });
  await paste(page, service("web"));
  const told = page.getByRole("status").getByText("The engine is loading");
  await told.waitFor();
  await assertAccessible(page);
  await screenshot(page, "engine-loading");
  arrive();
  await shape(page, "web").waitFor();
  await told.waitFor({ state: "detached" });
});

test("an engine that does not come is said to be missing, and fetched again on demand", async (t) => {
  const context = await without(t, (route) => route.abort());
  const { page } = await openPage(t, await serve(), { context, expected: [/ERR_FAILED/] });
  await paste(page, service("web"));
  const told = page.getByRole("alert").getByText("The engine could not be loaded");
  await told.waitFor();
  await assertAccessible(page);
  await screenshot(page, "engine-missing");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await told.waitFor({ state: "detached" });
  // It is still needed for whatever is asked next.
  await paste(page, service("api"));
  await told.waitFor();
  await context.unroute(/worker_bg\.wasm/);
  await page.getByRole("button", { name: "Try again" }).click();
  await shape(page, "api").waitFor();
  await told.waitFor({ state: "detached" });
});

/** A context whose pages let `window.onAnswer` deliver what a worker says, and `window.isFatal` end it by a message. */
async function watched(t) {
  const context = await (await chromiumOf(t)).newContext({ reducedMotion: "reduce" });
  t.after(() => context.close());
  await context.addInitScript(() => {
    window.onAnswer = (deliver) => deliver();
    window.isFatal = () => false;
    window.Worker = class extends Worker {
      set onmessage(listener) {
        super.onmessage = listener && ((event) => window.onAnswer(() => listener.call(this, event)));
      }

      postMessage(message, transferred) {
        if (window.isFatal(message)) super.postMessage("no question");
        else super.postMessage(message, transferred);
      }
    };
  });
  return context;
}

test("a probe that is sent again in the moment of its answer is answered again", async (t) => {
  const { page } = await openPage(t, await serve(), { context: await watched(t) });
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  await page.getByLabel("From").fill("outside");
  await page.getByLabel("To", { exact: true }).fill("192.168.0.11:80");
  await page.evaluate(() => {
    let left = 3;
    window.onAnswer = (deliver) => {
      deliver();
      // In the same task: the page has drawn nothing of the answer yet.
      if (left-- > 0) [...document.querySelectorAll("button")].find((it) => it.innerText.trim() === "Send").click();
    };
  });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("list", { name: "Steps of the journey" }).locator("[aria-current=step]").waitFor();
});

test("what has ended one worker is not asked of the next", async (t) => {
  const { page } = await openPage(t, await serve(), { context: await watched(t), expected: [/unreachable/] });
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  await page.evaluate(() => {
    window.questions = 0;
    window.isFatal = (message) => {
      const isDocuments = new TextDecoder().decode(message).includes("kind: Service");
      window.questions += isDocuments ? 0 : 1;
      return !isDocuments && window.questions === 1;
    };
  });
  const again = page.waitForEvent("worker");
  await page.getByRole("tab", { name: "Rules", exact: true }).click();
  await again;
  await page.getByRole("alert").getByText("your text is kept").waitFor();
  // What is asked now comes after all that was asked at once.
  await page.getByLabel("Search by name or address").fill("web");
  await page.getByRole("region", { name: "Search results" }).getByRole("button").first().waitFor();
  assert.equal(await page.evaluate(() => window.questions), 2);
});
