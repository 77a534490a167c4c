// What is handed on and what is kept: links, pictures, files, workspaces; and what of it is never kept.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { assertAccessible, chromiumOf, closeBrowser, openPage, paste, screenshot, serve } from "./harness.mjs";

after(closeBrowser);

const service = (name) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter2\n";
const shape = (page, name) => page.getByRole("button", { name: new RegExp(`^Service default/${name},`) });
const editor = (page) => page.getByRole("textbox", { name: "Manifests" });
const link = (value) => `#s1=${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;
const openShare = async (page) => {
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share and export" });
  await dialog.getByRole("textbox", { name: "Link" }).waitFor();
  return dialog;
};
const saved = async (page, act) => {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), path: await download.path(), content: readFileSync(await download.path()) };
};
const kept = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

test("a link opens in a clean profile at the same step, without Secrets, and nothing of it is asked of the server", async (t) => {
  const url = await serve();
  const { page } = await openPage(t, url);
  await paste(page, `${service("web")}---\n${secret}`);
  await shape(page, "web").waitFor();
  const dialog = await openShare(page);
  await dialog.getByText("1 value of a Secret was left out.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "share");
  const address = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
  const second = await openPage(t, address);
  await shape(second.page, "web").waitFor();
  await editor(second.page).getByText("password: redacted").waitFor();
  assert.equal(new URL(second.page.url()).hash, "");
  assert(second.requests.every((request) => !request.includes("s1=")));
});

test("links of anybody are refused in one line, and what was there stays", async (t) => {
  const url = await serve();
  const bomb = `#s1=${deflateRawSync(Buffer.alloc(40_000_000, "a")).toString("base64url")}`;
  for (const fragment of [
    "#s1=!!!",
    "#s1=AAAA",
    "#s9=AAAA",
    bomb,
    `#s1=${"A".repeat(70_000)}`,
    link({ files: [] }),
    link({ files: [["", ""]] }),
    link([1, 2, 3]),
  ]) {
    const { page } = await openPage(t, url + fragment);
    await page.getByRole("alert").getByText("This link was not opened").waitFor();
    await page.locator(".map .item, svg.map [role=button]").first().waitFor();
    await page.context().close();
  }
});

test("markup in a link's names stays text", async (t) => {
  const name = "<img src=x onerror=alert(1)>.yaml";
  const { page } = await openPage(t, (await serve()) + link({ files: [[name, service("web")], ["b", ""]] }));
  await shape(page, "web").waitFor();
  await page.getByText(name).first().waitFor();
  assert.equal(await page.locator("img").count(), 0);
});

test("the map's SVG stands alone and opens again", async (t) => {
  const url = await serve();
  const { page } = await openPage(t, url);
  await paste(page, service("web"));
  await shape(page, "web").waitFor();
  const dialog = await openShare(page);
  const map = dialog.locator("section", { hasText: "Map" });
  const svg = await saved(page, () => map.getByRole("button", { name: "SVG" }).click());
  assert.equal(svg.name, "map.svg");
  const text = svg.content.toString().replace(/<metadata[^]*<\/metadata>/, "");
  assert(!/class=|style=|https?:\/\/(?!www\.w3\.org)/.test(text), "nothing of it is elsewhere");
  const png = await saved(page, () => map.getByRole("button", { name: "PNG" }).click());
  assert.equal(png.content.subarray(1, 4).toString(), "PNG");
  const file = join(mkdtempSync(join(tmpdir(), "switchboard-")), "map.svg");
  writeFileSync(file, svg.content);
  // As a picture, on its own.
  const alone = await (await chromiumOf(t)).newPage();
  await alone.goto(`file://${file}`);
  await alone.locator("text", { hasText: "web" }).first().waitFor();
  await alone.close();
  // As manifests.
  const second = await openPage(t, url);
  await second.page.locator("input[type=file]").setInputFiles(file);
  await shape(second.page, "web").waitFor();
});

test("the journey is handed on as Markdown and as a picture", async (t) => {
  const { page } = await openPage(t, await serve(), { contextOptions: { permissions: ["clipboard-read", "clipboard-write"] } });
  await page.locator(".verdict").first().waitFor();
  const dialog = await openShare(page);
  await dialog.getByRole("button", { name: "Copy as Markdown" }).click();
  await page.getByText("Copied.").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^## pod[^\n]+ → http[^]+Simulated by Switchboard/);
  const journey = dialog.locator("section", { hasText: "Journey" });
  const svg = await saved(page, () => journey.getByRole("button", { name: "SVG" }).click());
  assert.match(svg.content.toString(), /^<svg [^]*<metadata id="switchboard">\{/);
  const png = await saved(page, () => journey.getByRole("button", { name: "PNG" }).click());
  assert.equal(png.content.subarray(1, 4).toString(), "PNG");
});

test("manifests are downloaded without the values of Secrets", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, `${service("web")}---\n${secret}`);
  await shape(page, "web").waitFor();
  const dialog = await openShare(page);
  const { content } = await saved(page, () => dialog.getByRole("button", { name: "Download as one file" }).click());
  assert.equal(content.toString(), `${service("web")}---\n${secret}`.replace("hunter2", "redacted"));
});

test("the text survives a reload, the values of Secrets are never kept", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, `${service("web")}---\n${secret}`);
  await shape(page, "web").waitFor();
  // Kept when the page goes away, even if the pause was not over.
  await page.reload();
  await shape(page, "web").waitFor();
  await editor(page).getByText("password: redacted").waitFor();
  assert(!(await kept(page)).includes("hunter2"));
});

test("a Secret's value that is pasted or typed is covered on the screen", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, `${service("web")}---\n${secret}`);
  await shape(page, "web").waitFor();
  const covered = editor(page).locator(".cm-covered");
  // As drawn, not as it stands in the document.
  assert.deepEqual(await covered.allInnerTexts(), ["•".repeat(7)]);
  assert.equal(await covered.textContent(), "hunter2");
  // What comes behind it is covered as it is typed; a ConfigMap's is not.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("End");
  await page.keyboard.type("x");
  await editor(page).locator(".cm-covered", { hasText: "hunter2x" }).waitFor();
  await paste(page, secret.replace("Secret", "ConfigMap"));
  await editor(page).getByText("hunter2").waitFor();
  assert.equal(await covered.count(), 0);
});

test("opened files lose the values of Secrets before they are shown", async (t) => {
  const { page } = await openPage(t, await serve());
  const files = [{ name: "a.yaml", mimeType: "text/yaml", buffer: Buffer.from(secret) }, { name: "b.yaml", mimeType: "text/yaml", buffer: Buffer.from(service("web")) }];
  await page.locator("input[type=file]").setInputFiles(files);
  await page.getByRole("alert").getByText("1 value of a Secret was left out.").waitFor();
  await editor(page).getByText("password: redacted").waitFor();
  await shape(page, "web").waitFor();
});

test("workspaces are kept by name, opened, duplicated, deleted", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, service("first"));
  await shape(page, "first").waitFor();
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  const dialog = page.getByRole("dialog", { name: "Workspaces" });
  await dialog.getByRole("textbox", { name: "Name of Workspace" }).fill("shop");
  await dialog.getByRole("textbox", { name: /^Name of/ }).press("Tab");
  await dialog.getByRole("button", { name: "Duplicate shop" }).click();
  await dialog.getByRole("textbox", { name: "Name of shop 2" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "workspaces");
  await dialog.getByRole("button", { name: "Delete shop 2" }).click();
  await dialog.getByRole("textbox", { name: "Name of shop 2" }).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "New workspace" }).click();
  await dialog.waitFor({ state: "detached" });
  await paste(page, service("second"));
  await shape(page, "second").waitFor();
  await page.reload();
  await shape(page, "second").waitFor();
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  await dialog.getByRole("button", { name: "Open shop" }).click();
  await shape(page, "first").waitFor();
});

test("a sample does not take the place of one's own text", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, service("mine"));
  await shape(page, "mine").waitFor();
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await shape(page, "mine").waitFor();
  await page.getByRole("combobox", { name: "Sample" }).selectOption({ index: 2 });
  await shape(page, "mine").waitFor({ state: "detached" });
  await page.getByText("Workspace 2").waitFor();
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  const dialog = page.getByRole("dialog", { name: "Workspaces" });
  await dialog.getByRole("button", { name: "Open Workspace", exact: true }).click();
  await shape(page, "mine").waitFor();
});

test("two tabs with one workspace keep both texts", async (t) => {
  const url = await serve();
  const { page, context } = await openPage(t, url);
  await paste(page, service("mine"));
  await shape(page, "mine").waitFor();
  await page.reload();
  await shape(page, "mine").waitFor();
  const { page: other } = await openPage(t, url, { context });
  await shape(other, "mine").waitFor();
  await paste(other, service("theirs"));
  await shape(other, "theirs").waitFor();
  await other.reload();
  await paste(page, service("again"));
  await page.getByRole("alert").getByText("Another tab has changed this workspace").waitFor();
  assert((await kept(page)).includes("name: theirs"));
  assert((await kept(page)).includes("name: again"));
});

test("without room the text stays, and the page says what that means", async (t) => {
  const { page } = await openPage(t, await serve());
  await page.evaluate(() => {
    for (let size = 1 << 22; size > 0; size >>= 1) {
      try {
        localStorage.setItem(`filler ${size}`, "x".repeat(size));
      } catch {
        // Smaller, then.
      }
    }
  });
  await paste(page, service("web"));
  await page.getByRole("alert").getByText("no room to keep this").waitFor();
  await shape(page, "web").waitFor();
  await editor(page).getByText("name: web").waitFor();
});

test("inside another page only map and journey are shown", async (t) => {
  const probe = { from: "outside", to: "http://web" };
  const { page } = await openPage(t, `${await serve()}?embed${link({ files: [["a.yaml", service("web")]], probe })}`);
  await shape(page, "web").waitFor();
  await page.getByRole("link", { name: "Open in Switchboard" }).waitFor();
  assert.equal(await editor(page).isVisible(), false);
  await assertAccessible(page);
  await screenshot(page, "embed");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test("the page says what is kept, and its policy is what it says", async (t) => {
  const { page } = await openPage(t, await serve());
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("button", { name: "Privacy and licences" }).click();
  await page.getByRole("dialog", { name: "Privacy" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "privacy");
  const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
  assert.match(policy, /^default-src 'none';/);
  assert.match(policy, /connect-src 'self'[; ]/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
});
