// A lesson on a projector: one thing at a time, a remote's keys, the speaker's own window.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessibleInBothThemes, closeBrowser, openPage, screenshot, serve } from "./harness.mjs";

after(closeBrowser);

const show = (page) => page.getByRole("region", { name: "Presentation" });
const slide = (page) => show(page).locator(".slide");
const place = (page) => show(page).locator(".present-place");

async function present(t, id, step, options) {
  const opened = await openPage(t, `${await serve()}#lesson=${id}&step=${step}`, options);
  await opened.page.getByRole("button", { name: "Present", exact: true }).click();
  await show(opened.page).waitFor();
  return opened;
}

test("a remote goes through a step, the question before its packet, and comes back", async (t) => {
  const { page } = await present(t, "clusterip", 2);
  await slide(page).getByText("The name resolves to the virtual address").waitFor();
  assert.equal(await place(page).innerText(), "Step 2 of 3 · 1 of 5");
  // What is behind a slide is neither read nor reached by Tab.
  const isReached = () => page.getByLabel("From").evaluate((field) => {
    field.focus();
    return field === document.activeElement;
  });
  assert.equal(await isReached(), false);
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "present-prose");
  await page.keyboard.press("PageDown");
  await slide(page).getByText("Three Pods match.").waitFor();
  assert.equal(await slide(page).getByText("Right.").count(), 0);
  await screenshot(page, "present-question");
  await page.keyboard.press("PageDown");
  // Map and journey, with the question's packet on its way; arrows walk through it.
  const current = page.getByRole("list", { name: "Steps of the journey" }).locator("[aria-current=step]");
  await current.waitFor();
  assert.equal(await isReached(), true);
  await page.keyboard.press("Home");
  const steps = page.getByRole("list", { name: "Steps of the journey" }).getByRole("button");
  const isAt = (nth) => steps.nth(nth).and(current).waitFor();
  await isAt(0);
  await page.keyboard.press("ArrowRight");
  await isAt(1);
  // The remote walks through it, too.
  await page.keyboard.press("PageDown");
  await isAt(2);
  await page.keyboard.press("PageUp");
  await isAt(1);
  assert.equal(await place(page).innerText(), "Step 2 of 3 · 3 of 5");
  // Letters typed into a field are letters.
  await page.getByLabel("From").fill("");
  await page.getByLabel("From").pressSequentially("blob");
  assert.equal(await page.getByLabel("From").inputValue(), "blob");
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "present-cluster");
  // After its last step comes the next slide.
  await page.locator("body").press("End");
  await page.keyboard.press("PageDown");
  await slide(page).getByText("Right.").waitFor();
  await screenshot(page, "present-answer");
  await page.keyboard.press("PageDown");
  await slide(page).getByText("The virtual address exists only in rules").waitFor();
  await page.keyboard.press("PageDown");
  await slide(page).getByRole("heading", { name: "The port is part of the address" }).waitFor();
  await page.keyboard.press("PageUp");
  await slide(page).getByText("The virtual address exists only in rules").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("region", { name: "Lesson" }).getByRole("heading", { name: "A packet finds a Pod" }).waitFor();
});

test("the map knows where the pointer is on a projector, which enlarges it", async (t) => {
  const { page } = await present(t, "clusterip", 2, { size: { width: 1920, height: 1080 } });
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  await page.getByRole("list", { name: "Steps of the journey" }).locator("[aria-current=step]").waitFor();
  const box = await page.locator(".map").getByRole("button", { name: /^Service / }).first().boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(x, y, { button: "right" });
  const menu = await page.getByRole("menu").boundingBox();
  // Upwards it makes room for itself.
  assert(Math.abs(menu.x - x) < 20 && menu.y - y < 20, `the menu is at ${menu.x}, ${menu.y}, the pointer at ${x}, ${y}`);
});

test("black, the participants' code, the pointer, and the time", async (t) => {
  const { page } = await present(t, "clusterip", 2);
  for (const key of [".", "b"]) {
    await page.keyboard.press(key);
    await page.locator(".present.blank").waitFor();
    await page.keyboard.press(key);
    await page.locator(".present:not(.blank)").waitFor();
  }
  // Escape from black leads back to the slide.
  await page.keyboard.press("b");
  await page.locator(".present.blank").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".present:not(.blank)").waitFor();
  await page.keyboard.press("l");
  const address = await slide(page).locator("figcaption").innerText();
  await page.getByRole("img", { name: "QR code of the link" }).waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "present-link");
  const second = await openPage(t, address);
  await second.page.getByRole("heading", { name: "A packet finds a Pod" }).waitFor();
  await page.keyboard.press("l");
  await page.keyboard.press("o");
  await page.mouse.move(300, 200);
  const spot = page.locator(".spot");
  await spot.waitFor();
  const { x, y, width, height } = await spot.boundingBox();
  assert(Math.abs(x + width / 2 - 300) < 3 && Math.abs(y + height / 2 - 200) < 3, "the spot is where the mouse is");
  await screenshot(page, "present-pointer");
  await page.keyboard.press("o");
  await spot.waitFor({ state: "detached" });
  assert.match(await page.getByRole("timer").innerText(), /^\d+:\d\d of 6:00$/);
});

test("the speaker's window has the notes, follows, and counts the same time", async (t) => {
  const { page, context } = await present(t, "night-cart", 1);
  const [notes] = await Promise.all([context.waitForEvent("page"), page.getByRole("button", { name: "Notes window" }).click()]);
  await notes.getByText("is the first command at night").waitFor();
  await notes.getByRole("heading", { name: "Hints" }).waitFor();
  await notes.getByText("slide 1 of").waitFor();
  await notes.getByText("Next slide: the symptom").waitFor();
  await notes.getByText("This is the last step.").waitFor();
  await assertAccessibleInBothThemes(notes);
  await screenshot(notes, "present-notes");
  await page.keyboard.press("PageDown");
  await notes.getByText("slide 2 of").waitFor();
  await notes.getByText("Next slide: a question").waitFor();
  // The remote may be plugged into either window's keyboard.
  await notes.keyboard.press("PageDown");
  await notes.getByText("slide 3 of").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await notes.getByText("Begin a presentation in the other window.").waitFor();
});

test("a symptom comes first on the projector, too", async (t) => {
  const { page } = await present(t, "night-window", 1, { dark: true });
  await page.keyboard.press("PageDown");
  await slide(page).locator(".symptom-sees").waitFor();
  await screenshot(page, "present-symptom");
});
