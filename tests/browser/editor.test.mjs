// The editor by itself: what web/src/editor.rs relies on, under the page's own policy.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, openPage, serve } from "./harness.mjs";

after(closeBrowser);

const service = "kind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n";

test("text set from outside is there and no change; text typed is one", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", service);
  assert.equal(await editor.call("getText"), service);
  assert.equal(await editor.changes(), 0);
  await editor.content.click();
  await editor.page.keyboard.press("Control+End");
  await editor.page.keyboard.type("x: 1");
  assert.equal(await editor.call("getText"), `${service}x: 1`);
  assert.equal(await editor.changes(), 4);
});

test("a text that is pasted over another one is read from its beginning", async (t) => {
  const editor = await mount(t);
  await editor.content.click();
  await editor.page.keyboard.insertText(`${service.repeat(20)}# the end ${"of it ".repeat(40)}`);
  await editor.page.keyboard.press("Control+End");
  const scroller = await editor.content.locator("..").elementHandle();
  await editor.page.waitForFunction((scroller) => scroller.scrollTop > 1000 && scroller.scrollLeft > 100, scroller);
  await editor.page.keyboard.press("Control+a");
  await editor.page.keyboard.insertText(`# first\n${service.repeat(200)}`);
  await editor.page.waitForFunction((scroller) => scroller.scrollTop === 0 && scroller.scrollLeft === 0, scroller);
});

test("a long text that is inserted at once is read from the beginning of its line", async (t) => {
  const editor = await mount(t);
  await editor.content.click();
  await editor.page.keyboard.insertText(`${service}long: ${"x".repeat(5000)}`);
  const scroller = editor.content.locator("..");
  await editor.page.waitForFunction((scroller) => scroller.scrollWidth > 5000, await scroller.elementHandle());
  assert.equal(await scroller.evaluate((scroller) => scroller.scrollLeft), 0);
});

test("Windows line ends become plain ones, tabs and other scripts stay", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", "a:\r\n\tb: 🚀 שלום\r\n");
  assert.equal(await editor.call("getText"), "a:\n\tb: 🚀 שלום\n");
});

test("an edit that mends is one change, undone by itself, and only made in the text that it is for", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", service);
  const at = service.indexOf("web");
  const line = service.indexOf("  name: web");
  assert.equal(await editor.call("fix", at, at + 3, "api", line, "  name: db"), false);
  assert.equal(await editor.call("getText"), service);
  assert.equal(await editor.call("fix", at, at + 3, "api", line, "  name: web"), true);
  assert.equal(await editor.call("getText"), service.replace("web", "api"));
  assert.equal(await editor.changes(), 1);
  await editor.call("focus");
  await editor.page.keyboard.press("Control+z");
  assert.equal(await editor.call("getText"), service);
});

test("diagnostics are underlined and marked in the gutter, offsets counted in UTF-16", async (t) => {
  const editor = await mount(t);
  const text = "# 🚀\nkind: Servce\n";
  await editor.call("show", "a.yaml", text);
  const from = text.indexOf("Servce");
  await editor.call("setDiagnostics", [{ from, to: from + 6, severity: "error", message: "No such kind", source: "unknown-kind" }]);
  assert.equal(await editor.find(".cm-lintRange-error").innerText(), "Servce");
  assert.equal(await editor.find(".cm-lint-marker-error").count(), 1);
  await editor.find(".cm-lintRange-error").hover();
  await editor.page.getByText("No such kind").waitFor();
  await editor.call("setDiagnostics", [{ from, to: from + 6, severity: "error", message: "No such kind", source: "unknown-kind", action: "Write `Service`" }]);
  await editor.find(".cm-lintRange-error").hover();
  await editor.page.getByRole("button", { name: "Write Service" }).click();
  assert.equal(await editor.page.evaluate(() => window.chosen), 0);
  await editor.call("setDiagnostics", []);
  assert.equal(await editor.find(".cm-lintRange-error").count(), 0);
});

test("ranges of an older text are cut to the present one", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", "a: 1");
  await editor.call("setDiagnostics", [{ from: 2, to: 900, severity: "warning", message: "m", source: "s" }]);
  await editor.call("highlightRange", 500, 900);
  await editor.call("revealRange", 900, 950, false);
  assert.equal(await editor.call("getText"), "a: 1");
});

test("a highlighted range marks its lines, and only those", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", service);
  await editor.call("highlightRange", service.indexOf("metadata"), service.indexOf("web"));
  assert.deepEqual(await editor.find(".cm-told").allInnerTexts(), ["metadata:", "  name: web"]);
  await editor.call("highlightRange", 0, 4);
  assert.deepEqual(await editor.find(".cm-told").allInnerTexts(), ["kind: Service"]);
  await editor.call("clearHighlight");
  assert.equal(await editor.find(".cm-told").count(), 0);
});

test("a revealed range is scrolled to, and focused only if asked", async (t) => {
  const editor = await mount(t);
  const long = Array.from({ length: 500 }, (_, line) => `key${line}: value`).join("\n");
  await editor.call("show", "a.yaml", long);
  const at = long.indexOf("key400");
  await editor.call("revealRange", at, at + 6, false);
  await editor.find(".cm-line", { hasText: "key400:" }).waitFor();
  assert.equal(await editor.focused(), false);
  await editor.call("revealRange", at, at + 6, true);
  assert.equal(await editor.focused(), true);
});

test("what is shown begins at the left: stepping, a range that is near, and another text", async (t) => {
  const editor = await mount(t);
  const flow = Array.from({ length: 200 }, (_, line) => `key${line}: { ${"padding: value, ".repeat(40)} last: ${line} }`).join("\n");
  await editor.call("show", "a.yaml", flow);
  const scrolled = () => editor.find(".cm-scroller").evaluate(({ scrollLeft, scrollTop }) => ({ left: scrollLeft > 8, top: scrollTop > 0 }));
  const last = flow.indexOf("last: 150");
  await editor.call("revealRange", last, last + 9, false);
  await editor.find(".cm-lit").waitFor();
  assert.deepEqual(await scrolled(), { left: true, top: true }, "the range is far to the right");
  await editor.call("highlightRange", last, last + 9);
  assert.deepEqual(await scrolled(), { left: false, top: true });
  await editor.call("revealRange", last, last + 9, false);
  const near = flow.indexOf("key150") + 3;
  await editor.call("revealRange", near, near + 3, false);
  assert.deepEqual(await scrolled(), { left: false, top: true });
  await editor.call("revealRange", last, last + 9, false);
  await editor.call("show", "b.yaml", flow.replaceAll("key", "other"));
  assert.deepEqual(await scrolled(), { left: false, top: false });
});

test("YAML is coloured, searched, completed, and left by Escape and Tab", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", service);
  await editor.call("setWords", ["externalTrafficPolicy"]);
  const colours = await editor.find(".cm-line").first().evaluate((line) =>
    new Set([...line.querySelectorAll("span")].map((span) => getComputedStyle(span).color)).size);
  assert(colours > 1, "key and value differ");

  await editor.content.click();
  await editor.page.keyboard.press("Control+End");
  await editor.page.keyboard.type("extern");
  await editor.page.getByRole("option", { name: "externalTrafficPolicy" }).click();
  assert.match(await editor.call("getText"), /externalTrafficPolicy$/);

  await editor.page.keyboard.press("Control+f");
  await editor.find(".cm-search input[name=search]").pressSequentially("port");
  await editor.find(".cm-searchMatch").nth(1).waitFor();
  await editor.page.keyboard.press("Escape");

  await editor.call("focus");
  await editor.page.keyboard.press("Escape");
  await editor.page.keyboard.press("Tab");
  assert.equal(await editor.focused(), false);
});

test("dark and light are switched without losing the text", async (t) => {
  const editor = await mount(t);
  await editor.call("show", "a.yaml", service);
  await editor.call("setTheme", true);
  await editor.call("setTheme", false);
  assert.equal(await editor.call("getText"), service);
});

/** A second editor beside the page's own, from the same bundle. */
async function mount(t) {
  const { page } = await openPage(t, await serve());
  await page.locator(".cm-content").waitFor();
  await page.evaluate(async () => {
    const bundle = document.querySelector("link[rel=modulepreload][href*=editor]").href;
    const { Editor } = await import(bundle);
    const place = document.createElement("div");
    place.id = "second";
    // Above the page, which fills the window and does not scroll.
    for (const [name, value] of [["position", "fixed"], ["inset", "0 0 auto 0"], ["height", "300px"], ["z-index", "99"]]) {
      place.style.setProperty(name, value);
    }
    document.body.prepend(place);
    window.changes = 0;
    window.second = new Editor(place, "Second", "empty", () => { window.changes += 1; }, () => {}, (nth) => { window.chosen = nth; });
  });
  const within = page.locator("#second");
  return {
    page,
    content: within.locator(".cm-content"),
    find: (selector, options) => within.locator(selector, options),
    call: (method, ...values) => page.evaluate(([method, values]) => window.second[method](...values), [method, values]),
    changes: () => page.evaluate(() => window.changes),
    focused: () => page.evaluate(() => window.second.view.hasFocus),
  };
}
