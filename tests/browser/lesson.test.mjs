// Lessons as a learner meets them: the tour, predictions, tasks, symptoms, progress, files of one's own.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { assertAccessibleInBothThemes, closeBrowser, dist, openPage, paste, screenshot, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const lesson = (page) => page.getByRole("region", { name: "Lesson" });
const editor = (page) => page.getByRole("textbox", { name: "Manifests" });
const shape = (page, name) => page.getByRole("button", { name });
const button = (page, name) => lesson(page).getByRole("button", { name, exact: true });
const heading = (page, name) => lesson(page).getByRole("heading", { name, level: 2 });
const overview = (page) => page.getByRole("dialog", { name: "Workshops" });

/** A page that was here before, with a lesson open at a step. */
async function open(t, id, step = 1, options) {
  const url = await serve();
  const opened = await openPage(t, `${url}#lesson=${id}&step=${step}`, options);
  await lesson(opened.page).waitFor();
  return { ...opened, url };
}

/** Edits the manifests of a scenario: of its `nth` block, `from` becomes `to`. */
async function mend(page, id, nth, from, to) {
  const blocks = readFileSync(new URL(`../../scenarios/${id}.md`, import.meta.url), "utf8").split("```yaml manifest").slice(1);
  const [, text] = blocks[nth].match(/^[^\n]*\n([^]*?)```/);
  assert(text.includes(from), `${id} holds ${from}`);
  await paste(page, text.replace(from, to));
}

/** A scenario of somebody's own. */
const own = (title, more = "") => `---
title: ${title}
summary: Short.
---

## Only step

One Service, one question.

\`\`\`yaml manifest
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
---
apiVersion: v1
kind: Pod
metadata:
  name: web-0
  labels:
    app: web
spec:
  containers:
    - name: web
      image: nginx:1.29
---
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: curl
      image: curlimages/curl:8.17.0
\`\`\`

\`\`\`predict
question: Where does the packet end?
from: pod/client
to: http://web
click: end
why: The only Pod that the selector matches.
\`\`\`
${more}`;

const markdown = (name, text) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });

test("the first visit offers the tour, and the tour is done in its three steps", async (t) => {
  const { page } = await openPage(t, await serve());
  const offer = page.getByRole("complementary", { name: "First visit" });
  await offer.waitFor();
  await assertAccessibleInBothThemes(page);
  await offer.getByRole("button", { name: "Take the tour" }).click();
  await lesson(page).getByText("Step 1 of 3").waitFor();
  assert.equal(await offer.count(), 0);
  await shape(page, /^Service shop\/web,/).waitFor();
  await screenshot(page, "lesson-tour");
  await button(page, "Next").click();
  // A packet is asked about before it is sent.
  await heading(page, "Send a packet").waitFor();
  assert(await button(page, "Send and see").isDisabled());
  await lesson(page).getByRole("radio", { name: "Always the same one" }).check();
  await button(page, "Send and see").click();
  const verdict = lesson(page).getByRole("status");
  await verdict.getByText("Not so.").waitFor();
  await verdict.getByText("draw lots for each new connection").waitFor();
  await verdict.getByText("What happened:").waitFor();
  await page.getByRole("list", { name: "Steps of the journey" }).locator("[aria-current=step]").waitFor();
  await lesson(page).getByRole("region", { name: "Explanation" }).waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-wrong");
  await button(page, "Next").click();
  // The task follows what is typed.
  const task = lesson(page).getByRole("region", { name: "Task" });
  await task.getByText("Not yet:").first().waitFor();
  await mend(page, "tour", 1, "app: wbe", "app: web");
  await task.getByText("Done. All checks hold.").waitFor();
  await screenshot(page, "lesson-solved");
  await button(page, "Finish").click();
  await overview(page).getByRole("button", { name: /^The tour .*done$/ }).waitFor();
  assert.equal(await lesson(page).count(), 0);
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-overview");
  await page.keyboard.press("Escape");
  await overview(page).waitFor({ state: "detached" });
  await page.reload();
  await shape(page, /^Service /).first().waitFor();
  assert.equal(await offer.count(), 0);
});

test("on a phone a packet of a lesson leads to its journey", async (t) => {
  const { page } = await open(t, "finds-readiness", 3, { size: sizes.phone });
  await button(page, "Send").click();
  await page.locator(".verdict").getByText("Reachable", { exact: true }).waitFor();
});

test("no offer where somebody came for a lesson, or inside another page", async (t) => {
  const { page, url } = await open(t, "clusterip");
  assert.equal(await page.getByRole("complementary", { name: "First visit" }).count(), 0);
  const second = await openPage(t, `${url}?embed`);
  await shape(second.page, /^Service /).first().waitFor();
  assert.equal(await second.page.getByRole("complementary", { name: "First visit" }).count(), 0);
});

test("a prediction is made by a click on the map", async (t) => {
  const { page } = await openPage(t, await serve());
  await page.getByRole("button", { name: "Workshops" }).click();
  await overview(page).locator("input[type=file]").setInputFiles([markdown("mine.md", own("My lesson"))]);
  await lesson(page).getByText("Choose a thing on the map.").waitFor();
  await shape(page, /^Service default\/web,/).click();
  await lesson(page).getByText("Chosen: Service default/web").waitFor();
  await button(page, "Send and see").click();
  const verdict = lesson(page).getByRole("status");
  await verdict.getByText("Not so.").waitFor();
  await verdict.getByText("The only Pod that the selector matches.").waitFor();
  // Once more, and right.
  await button(page, "Reset step").click();
  await verdict.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show all of the map" }).click();
  await shape(page, /^Pod web-0/).click();
  await button(page, "Send and see").click();
  await verdict.getByText("Right.").waitFor();
  await screenshot(page, "lesson-click");
});

test("hints open one by one, the solution goes into the manifests, a step begins again", async (t) => {
  const { page } = await open(t, "finds-labels", 3);
  const task = lesson(page).getByRole("region", { name: "Task" });
  await task.getByText("Not yet:").first().waitFor();
  await button(page, "Hint 1 of 2").click();
  await task.getByRole("heading", { name: "Hint 1" }).waitFor();
  assert.equal(await task.getByRole("heading", { name: "Hint 2" }).count(), 0);
  await button(page, "Hint 2 of 2").click();
  await task.getByRole("heading", { name: "Hint 2" }).waitFor();
  await button(page, "Show the solution").click();
  await task.getByRole("heading", { name: "Solution" }).waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-solution");
  await button(page, "Put it into the manifests").click();
  await task.getByText("Done. All checks hold.").waitFor();
  await editor(page).getByText("tier: front").nth(1).waitFor();
  await lesson(page).getByRole("region", { name: "Explanation" }).waitFor();
  await button(page, "Reset step").click();
  await task.getByText("Not yet:").first().waitFor();
  assert.equal(await task.getByRole("heading", { name: "Solution" }).count(), 0);
  await button(page, "Hint 1 of 2").waitFor();
});

test("progress, place and edits survive a reload, and one's own text is not lost", async (t) => {
  const { page } = await openPage(t, await serve());
  await paste(page, "apiVersion: v1\nkind: Service\nmetadata:\n  name: mine\nspec:\n  ports:\n    - port: 80\n");
  await shape(page, /^Service default\/mine,/).waitFor();
  // Kept after a pause in typing.
  await page.waitForFunction(() => Object.values(localStorage).some((text) => text.includes("name: mine")));
  await page.getByRole("button", { name: "Workshops" }).click();
  await overview(page).getByRole("button", { name: /^A label, not a name/ }).click();
  await button(page, "Next").click();
  await heading(page, "Which Pods are they?").waitFor();
  await lesson(page).getByRole("radio", { name: "web-0 and blue" }).first().check();
  await button(page, "Send and see").click();
  await lesson(page).getByRole("status").getByText("Right.").waitFor();
  await button(page, "Next").click();
  await heading(page, "Two labels are two conditions").waitFor();
  await mend(page, "finds-labels", 0, "name: blue", "name: green");
  await shape(page, /^Pod green/).waitFor();
  await page.waitForFunction(() => Object.values(localStorage).some((text) => text.includes("name: green")));
  await page.reload();
  await heading(page, "Two labels are two conditions").waitFor();
  await shape(page, /^Pod green/).waitFor();
  await button(page, "Close the lesson").click();
  await page.getByRole("button", { name: "Workshops" }).click();
  await overview(page).getByRole("button", { name: /^A label, not a name .*2 of 3 steps$/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  const workspaces = page.getByRole("dialog", { name: "Workspaces" });
  await workspaces.getByRole("textbox", { name: "Name of Lesson" }).waitFor();
  await workspaces.getByRole("listitem").filter({ has: page.getByRole("textbox", { name: "Name of Workspace" }) })
    .getByRole("button", { name: /^Open/ }).click();
  await shape(page, /^Service default\/mine,/).waitFor();
});

test("another workspace, a sample, or a shared link ends the lesson", async (t) => {
  const { page } = await open(t, "clusterip", 2);
  await page.getByLabel("Sample").selectOption("headless");
  await shape(page, /^Service shop\/db,/).waitFor();
  assert.equal(await lesson(page).count(), 0);
  await page.evaluate(() => { location.hash = "#lesson=night-window"; });
  await lesson(page).waitFor();
  // It is modal, and the workspaces are beside the veil.
  await page.getByRole("button", { name: /^Workspaces/ }).click();
  const workspaces = page.getByRole("dialog", { name: "Workspaces" });
  await workspaces.getByRole("button", { name: "New workspace" }).click();
  await lesson(page).waitFor({ state: "detached" });
  assert(await editor(page).isVisible());
});

test("a lesson that begins with the symptom tells nothing else until it is asked", async (t) => {
  const { page } = await open(t, "night-window");
  const symptom = lesson(page).getByRole("region", { name: "Symptom" });
  await symptom.getByText("pod/shop/frontend → http://catalog").waitFor();
  const map = page.getByRole("region", { name: "Cluster" });
  const findings = page.getByRole("region", { name: "Findings" });
  assert(!(await map.isVisible()) && !(await editor(page).isVisible()));
  // Neither hints nor checks: they speak of what is inside.
  assert.equal(await lesson(page).getByRole("button", { name: /^Hint/ }).count(), 0);
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-symptom");
  await page.reload();
  await symptom.waitFor();
  assert(!(await map.isVisible()), "a reload tells nothing");
  await button(page, "Look at the manifests and the map").click();
  await shape(page, /^Service shop\/catalog,/).waitFor();
  await button(page, "Hint 1 of 3").waitFor();
  assert.equal(await findings.count(), 0);
  assert.equal(await page.title(), "Switchboard");
  await page.reload();
  await shape(page, /^Service shop\/catalog,/).waitFor();
  assert.equal(await findings.count(), 0, "nor does a second one");
  await button(page, "Hint 1 of 3").waitFor();
  await page.setViewportSize(sizes.phone);
  assert.equal((await page.getByRole("navigation", { name: "Panels" }).innerText()).replace(/\s+/g, " "), "Lesson Manifests Map Journey");
  await page.getByRole("button", { name: "Lesson", exact: true }).click();
  await screenshot(page, "lesson-symptom-map");
  await button(page, "Show what the engine finds").click();
  await page.setViewportSize(sizes.desktop);
  await findings.getByText("catalogue").first().waitFor();
});

test("a lesson is done with the keyboard alone", async (t) => {
  const { page } = await open(t, "tour", 2);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  const tabTo = async (text) => {
    for (let presses = 0; presses < 40 && !(await focused()).startsWith(text); presses += 1) await page.keyboard.press("Tab");
    assert((await focused()).startsWith(text), `Tab comes to ${text}`);
  };
  // The step has the focus; the choices are a group that arrows walk through.
  await page.waitForFunction(() => document.activeElement.classList.contains("lesson-body"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert(await lesson(page).getByRole("radio", { name: "Either, each with" }).isChecked());
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await tabTo("Send and see");
  await page.keyboard.press("Enter");
  await lesson(page).getByRole("status").getByText("Right.").waitFor();
  await tabTo("Next");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.classList.contains("lesson-body"));
  await tabTo("Hint 1 of 1");
  await page.keyboard.press("Enter");
  await tabTo("Show the solution");
  await page.keyboard.press("Enter");
  await tabTo("Put it into the manifests");
  await page.keyboard.press("Enter");
  await lesson(page).getByText("Done. All checks hold.").waitFor();
  await tabTo("Finish");
  await page.keyboard.press("Enter");
  // The overview holds the focus.
  await page.waitForFunction(() => document.querySelector("dialog.overview").contains(document.activeElement));
  await page.keyboard.press("Escape");
  await overview(page).waitFor({ state: "detached" });
});

/** Drops files onto the page, as from a desk. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name, { type: "text/markdown" }));
    return transfer;
  }, files);
  await page.locator(".app").dispatchEvent("drop", { dataTransfer: transfer });
}

test("a workshop of one's own is dropped, listed in its order, and opened", async (t) => {
  const { page } = await openPage(t, await serve());
  const listed = (title, order) => own(title).replace("summary:", `workshop: Mine\norder: ${order}\nsummary:`);
  await drop(page, [["b.md", listed("First", 1)], ["a.md", listed("Second", 2)], ["c.md", "---\ntitle: Third\nlevel: hard\n---\n"], ["README.md", "# Not a lesson"]]);
  const files = overview(page).locator("section").filter({ hasText: "Your files" });
  await files.getByRole("button", { name: /^First/ }).waitFor();
  assert.deepEqual((await files.locator(".scenario-title").allInnerTexts()), ["First", "Second", "c.md"]);
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-files");
  await files.getByRole("button", { name: /^c\.md/ }).click();
  const refused = page.getByRole("alert").filter({ hasText: "c.md is not a scenario yet" });
  await refused.getByText("line 3").waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "lesson-refused");
  await refused.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: "Workshops" }).click();
  await files.getByRole("button", { name: /^Second/ }).click();
  await lesson(page).getByText("Second").waitFor();
  // One alone opens at once.
  await drop(page, [["d.md", own("Alone")]]);
  await lesson(page).getByText("Alone").waitFor();
});

test("markup in a scenario stays text", async (t) => {
  const { page } = await openPage(t, await serve());
  const title = '"<img src=x onerror=alert(1)>"';
  await drop(page, [["x.md", own(title, "\n```explanation\n[here](javascript:alert(1)) `<b>` https://elsewhere.example\n```\n")]]);
  await lesson(page).getByText("<img src=x onerror=alert(1)>").waitFor();
  await shape(page, /^Service default\/web,/).click();
  await button(page, "Send and see").click();
  await lesson(page).getByText("javascript:alert(1)").waitFor();
  assert.equal(await lesson(page).locator("a, img").count(), 0);
});

test("a scenario beside the page opens by its path, goes on after a reload, and no other origin is asked", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-"));
  cpSync(dist, folder, { recursive: true });
  mkdirSync(join(folder, "workshop"));
  writeFileSync(join(folder, "workshop/one.md"), own("Beside", "\n## Second step\n\nMore.\n"));
  const url = await serve({ folder });
  const { page } = await openPage(t, `${url}?scenario=workshop/one.md`);
  await lesson(page).getByText("Beside").waitFor();
  await button(page, "Next, skip this").click();
  await heading(page, "Second step").waitFor();
  await page.reload();
  await heading(page, "Second step").waitFor();
  await button(page, "Present").click();
  await page.keyboard.press("l");
  await page.getByText(`${url}?scenario=workshop/one.md#step=2`).waitFor();
  const second = await openPage(t, `${url}?scenario=workshop/one.md#step=2`);
  await heading(second.page, "Second step").waitFor();
  for (const path of ["https://elsewhere.example/x.md", "//elsewhere.example/x.md", "../x.md", "%2e%2e/x.md"]) {
    const { page } = await openPage(t, `${url}?scenario=${path}`);
    await page.getByRole("alert").getByText("is no path of a .md file beside this page").waitFor();
    assert.equal(await lesson(page).count(), 0);
  }
  const missing = await openPage(t, `${url}?scenario=workshop/two.md`, { expected: [/404/] });
  await missing.page.getByRole("alert").getByText("There is no workshop/two.md beside this page.").waitFor();
});

test("a link opens the same step, once, and an unknown one is refused", async (t) => {
  const { page, url } = await open(t, "finds-names", 4);
  await heading(page, "The namespace behind the name").waitFor();
  assert.equal(new URL(page.url()).hash, "");
  await button(page, "Previous").click();
  await heading(page, "From another one").waitFor();
  await page.reload();
  await heading(page, "From another one").waitFor();
  const second = await openPage(t, `${url}#lesson=nonsense&step=1`);
  await second.page.getByRole("alert").getByText("there is no scenario `nonsense` here").waitFor();
  await second.page.evaluate(() => { location.hash = "#lesson=clusterip&step=99"; });
  await heading(second.page, "The port is part of the address").waitFor();
});

for (const [id, step, cards] of [["finds-cards", 1, 6], ["doors-which", 4, 2], ["proxy-cards", 1, 7], ["night-cards", 1, 7]]) {
  test(`the cards of ${id} are answered by the engine`, async (t) => {
    const { page } = await open(t, id, step);
    const questions = lesson(page).getByRole("group").filter({ has: page.getByRole("button", { name: "Answer" }) });
    const all = lesson(page).locator("fieldset");
    await questions.first().waitFor();
    assert.equal(await all.count(), cards);
    for (const question of await all.all()) {
      await question.getByRole("radio").last().check();
      await question.getByRole("button", { name: "Answer" }).click();
      await question.getByRole("status").waitFor();
      assert.equal(await question.locator(".choice.is-right").count(), 1);
    }
    await assertAccessibleInBothThemes(page);
    if (id === "finds-cards") await screenshot(page, "lesson-cards");
    await button(page, "Finish").click();
    await overview(page).waitFor();
    assert.equal(await overview(page).locator(".scenario-done").count(), 1);
  });
}
