// The page without a network, and the change to a newer version.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { closeBrowser, dist, openPage, paste, serve } from "./harness.mjs";

after(closeBrowser);

const service = (name) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`;
const shape = (page, name) => page.getByRole("button", { name: new RegExp(`^Service default/${name},`) });

// Until the worker has every file and answers for this page.
const installed = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return;
  await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
});

for (const path of ["/", "/some/where/"]) {
  test(`after one visit the page below ${path} works without a network`, async (t) => {
    const { page, context } = await openPage(t, await serve({ path }));
    await paste(page, service("web"));
    await shape(page, "web").waitFor();
    await installed(page);
    await context.setOffline(true);
    await page.reload();
    await shape(page, "web").waitFor();
    await paste(page, service("api"));
    await shape(page, "api").waitFor();
  });
}

test("after one visit a lesson that nobody has opened works without a network", async (t) => {
  const { page, context } = await openPage(t, await serve());
  await page.getByRole("button", { name: /^Service / }).first().waitFor();
  // A look alone loads nothing for later.
  await page.mouse.move(700, 300);
  await installed(page);
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("button", { name: "Workshops" }).click();
  await page.getByRole("button", { name: /^The wrong port/ }).click();
  const lesson = page.getByRole("region", { name: "Lesson" });
  await lesson.getByRole("button", { name: /^Next/ }).click();
  await lesson.getByRole("radio", { name: "The client waits" }).check();
  await lesson.getByRole("button", { name: "Send and see" }).click();
  await lesson.getByText("Right.").waitFor();
});

test("a newer version says that it is there, and comes when told to", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-"));
  cpSync(dist, folder, { recursive: true });
  const { page } = await openPage(t, await serve({ folder }));
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  await installed(page);
  const edit = (name, from, to) => {
    const text = readFileSync(join(folder, name), "utf8");
    assert(text.includes(from), `${name} holds ${from}`);
    writeFileSync(join(folder, name), text.replace(from, to));
  };
  // Not the title: that one is the page's own, it counts errors.
  edit("index.html", "<html ", "<html data-newer ");
  edit("service_worker.js", 'const BUILD = "', 'const BUILD = "newer');
  await page.reload();
  await page.getByRole("alert").getByText("A new version is there.").waitFor();
  const isNewer = () => document.documentElement.hasAttribute("data-newer");
  assert.equal(await page.evaluate(isNewer), false);
  await page.getByRole("button", { name: "Reload" }).click();
  await page.waitForFunction(isNewer);
  await shape(page, "web").waitFor();
});

test("the page can be installed", async (t) => {
  const { page } = await openPage(t, await serve());
  const { manifest, sizes } = await page.evaluate(async () => {
    const link = document.querySelector("link[rel=manifest]");
    const manifest = await (await fetch(link.href)).json();
    const sizes = await Promise.all(manifest.icons.map(async ({ src }) => {
      const image = await createImageBitmap(await (await fetch(src)).blob());
      return `${image.width}x${image.height}`;
    }));
    return { manifest, sizes };
  });
  assert.equal(manifest.display, "standalone");
  assert.deepEqual(sizes, manifest.icons.map((icon) => icon.sizes));
});
