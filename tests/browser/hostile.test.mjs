// Text that means no good: markup in names, bombs, very much of it. The page says what it does and goes on.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, openPage, paste, serve } from "./harness.mjs";

after(closeBrowser);

const service = (name) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`;
const shape = (page, name) => page.getByRole("button", { name: new RegExp(`^Service default/${name},`) });
const opened = (page, name, text) => page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/yaml", buffer: Buffer.from(text) });

test("markup in manifests stays text everywhere", async (t) => {
  const evil = '"<img src=x onerror=alert(1)><script>alert(2)</script>"';
  const { page } = await openPage(t, await serve());
  await paste(page, `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${evil}\n  labels: {${evil}: ${evil}}\nspec:\n  externalName: ${evil}\n  type: ExternalName\n---\n${service("web")}`);
  await shape(page, "web").waitFor();
  assert.equal(await page.locator("main img, main script").count(), 0);
});

for (const [what, text] of [
  ["aliases of aliases", `a: &a [x, x, x, x, x, x, x, x]\n${[..."bcdefghi"].map((name, nth) => `${name}: &${name} [${`*${"abcdefgh"[nth]},`.repeat(8)}]`).join("\n")}\n`],
  ["deep nesting", `${"[".repeat(300_000)}\n`],
  ["deep nesting of lists", `${"- ".repeat(300_000)}\n`],
  ["one line of five million characters", `kind: Service\nmetadata:\n  name: ${"x".repeat(5_000_000)}\n`],
  ["a million documents", "kind: X\n---\n".repeat(1_000_000)],
  ["fifty megabytes of manifests", `${service("web")}---\n`.repeat(600_000).slice(0, 50_000_000)],
]) {
  test(`${what} end, and the next text is read`, async (t) => {
    const { page } = await openPage(t, await serve());
    await opened(page, "bomb.yaml", text);
    await page.getByText("bomb.yaml").first().waitFor();
    await opened(page, "web.yaml", service("web"));
    await page.getByRole("button", { name: /web\.yaml/ }).first().waitFor();
    await page.getByRole("button", { name: /bomb\.yaml/ }).last().waitFor();
  });
}
