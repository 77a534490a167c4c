// The probe bar and what surrounds a journey: offers, branches, many packets, modes, rules, tables, YAML.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cluster, shop as shopWith } from "./cluster.mjs";
import { assertAccessible, assertAccessibleInBothThemes, closeBrowser, openPage, paste, screenshot, send, serve, sizes } from "./harness.mjs";

after(closeBrowser);

const shop = shopWith({ ports: "[{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]" });

const steps = (page) => page.getByRole("list", { name: "Steps of the journey" });
const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();
const option = (page, name) => page.getByRole("option", { name });

async function open(t, text = shop) {
  const opened = await openPage(t, await serve());
  await paste(opened.page, text);
  await opened.page.getByRole("button", { name: /^Service shop\/cart/ }).waitFor();
  return opened;
}

test("a probe is written with the keyboard, from what there is", async (t) => {
  const { page } = await open(t);
  await page.getByLabel("From").fill("web");
  await option(page, /^pod\/shop\/web/).waitFor();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getByLabel("From").getAttribute("aria-activedescendant"), "probe-from-0");
  await assertAccessible(page);
  await page.keyboard.press("Enter");
  assert.equal(await page.getByLabel("From").inputValue(), "pod/shop/web");
  // Ports and protocols are those of the Service; short names are those of the sender's namespace.
  await page.getByLabel("To", { exact: true }).fill("cart");
  await option(page, /^cart:53\/udp/).waitFor();
  await option(page, /^http:\/\/cart/).waitFor();
  await page.keyboard.press("Escape");
  await option(page, /^http:\/\/cart/).waitFor({ state: "hidden" });
  await page.getByLabel("To", { exact: true }).fill("cart.shop.s");
  await option(page, /^http:\/\/cart\.shop\.svc /).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByLabel("To", { exact: true }).inputValue(), "http://cart.shop.svc");
  await page.keyboard.press("Enter");
  await page.getByText("Reachable", { exact: true }).waitFor();
});

test("the verdict says why a packet does not arrive", async (t) => {
  const local = `---
apiVersion: v1
kind: Node
metadata: {name: one}
status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: open, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 32100
  loadBalancerSourceRanges: [203.0.113.0/24]
  selector: {app: cart}
  ports: [{port: 80, targetPort: 8080}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.9}]}}
`;
  const { page } = await open(t, shop + local);
  const verdict = page.locator(".verdict");
  await send(page, "pod/shop/web", "tcp://10.96.77.77:80");
  await verdict.getByText("No route leads to 10.96.77.77").waitFor();
  await send(page, "outside", "node/one:32100");
  await verdict.getByText("The client sees: connected, and HTTP 200 from kube-proxy").waitFor();
  assert.deepEqual(await steps(page).locator(".phase").allTextContents(), ["Node", "Reply"]);
  await screenshot(page, "health-check");
  // The connection is made all the same; a load balancer goes by the answer.
  await paste(page, shop + local.replace("app: cart", "app: card"));
  const unhealthy = page.locator(".verdict.warn");
  await unhealthy.getByText("Answered 503: no local endpoints").waitFor();
  await unhealthy.getByText("so load balancers leave the node out").waitFor();
  // Where a finding says it above, it is not said twice.
  await paste(page, shop.replace("selector: {app: cart}\n  ports", "selector: {app: card}\n  ports"));
  await send(page, "pod/shop/web", "http://cart");
  await page.getByRole("region", { name: "Why" }).locator("li").first().waitFor();
  assert.equal(await verdict.locator(".ending").count(), 0);
});

test("on a phone the list of offers leaves the button that sends in reach", async (t) => {
  const { page } = await open(t);
  await page.setViewportSize(sizes.phone);
  await page.getByRole("navigation").getByText("Journey").click();
  await page.getByLabel("From").fill("pod/shop/web");
  await page.getByLabel("To", { exact: true }).fill("http://cart");
  await option(page, /^http:\/\/cart/).first().waitFor();
  // A click that something covers fails.
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Reachable", { exact: true }).waitFor();
});

test("a pasted URL is understood, and what cannot be read is said where it stands", async (t) => {
  const { page } = await open(t);
  await page.getByLabel("To", { exact: true }).fill("http://cart.shop:80/login?next=/#top");
  await page.getByText("Read as cart.shop:80").waitFor();
  await page.getByLabel("To", { exact: true }).fill("cart:http");
  await page.getByText(/the port of cart:http is no number/).waitFor();
  assert.equal(await page.getByLabel("To", { exact: true }).getAttribute("aria-invalid"), "true");
  await send(page, "pod/shop/web", "http://cart.shop:80/login?next=/#top");
  await page.getByText("Reachable", { exact: true }).waitFor();
});

test("a probe is turned round, and sent again after a reload", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await page.getByRole("button", { name: "Turn the probe round" }).click();
  await page.waitForFunction(() => document.getElementById("probe-from").value.startsWith("pod/shop/cart-"));
  assert.match(await page.getByLabel("To", { exact: true }).inputValue(), /^10\.\S+:80$/);
  await page.getByLabel("From").fill("outside");
  await page.getByLabel("To", { exact: true }).fill("http://cart");
  await page.getByRole("button", { name: "Turn the probe round" }).click();
  await page.getByRole("alert").getByText(/nowhere to send to/).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Probes that were sent" }).click();
  await page.getByRole("button", { name: "pod/shop/web → http://cart", exact: true }).click();
  await steps(page).locator("[aria-current=step]").waitFor();
  await page.getByText("Reachable", { exact: true }).waitFor();
});

test("probes that were sent stand in a list, which tells what an edit makes of them", async (t) => {
  const { page } = await open(t);
  const probes = page.getByRole("table", { name: /^Where each of them goes now, with kube-proxy in iptables mode/ });
  const row = (name) => probes.getByRole("row", { name });
  await send(page, "pod/shop/web", "http://cart");
  await send(page, "pod/shop/web", "cart:99");
  await page.getByRole("button", { name: "Probes that were sent" }).click();
  await row(/http:\/\/cart Reachable The client sees: connected .* 1\/3 cart-\S+ on node-\d · 2\/3 one of 2 endpoints/).waitFor();
  await row(/cart:99 Unreachable The client sees: connection timed out/).waitFor();
  // The sample's own probe went with the sample.
  assert.equal(await probes.getByRole("row").count(), 3);
  await assertAccessible(page);
  // Nobody is selected any more.
  await paste(page, shop.replace("selector: {app: cart}", "selector: {app: card}"));
  await page.getByText("pod/shop/web → http://cart: now Unreachable").waitFor({ state: "attached" });
  await row(/http:\/\/cart Unreachable The client sees: connection refused, at once .* Reachable The client sees: connected/).waitFor();
  await row(/cart:99 Unreachable The client sees: connection timed out [^U]*$/).waitFor();
  await assertAccessibleInBothThemes(page);
  await screenshot(page, "journey-probes");
  await page.setViewportSize(sizes.phone);
  await page.getByRole("navigation").getByText("Journey").click();
  await row(/http:\/\/cart Unreachable/).waitFor();
  assert(await page.locator("#below").evaluate((panel) => panel.scrollWidth <= panel.clientWidth), "nothing is out of sight");
  await assertAccessible(page);
  await page.setViewportSize(sizes.desktop);
  await page.reload();
  await page.getByRole("button", { name: "Probes that were sent" }).click();
  await page.getByRole("button", { name: "Forget pod/shop/web → cart:99" }).click();
  // The focus takes the place of what went, and stays on the page when nothing is left.
  const last = page.getByRole("button", { name: "Forget pod/shop/web → http://cart" });
  await page.waitForFunction((name) => document.activeElement.ariaLabel === name, await last.getAttribute("aria-label"));
  await page.getByRole("button", { name: "pod/shop/web → http://cart", exact: true }).click();
  await page.getByText("Unreachable", { exact: true }).waitFor();
  await tab(page, "Probes");
  await last.click();
  await page.getByText("Nothing was sent yet").waitFor();
  await page.waitForFunction(() => document.activeElement.id === "tab-probes");
});

test("a step is shown on a real cluster by what people wrote, and what is assumed in that is said", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart/basket");
  const card = page.getByRole("region", { name: "Step" });
  const assumed = card.getByText("An address or a name in it is assumed");
  const tools = card.getByText("brings both into the Pod");
  await steps(page).getByRole("button", { name: /^cart is / }).click();
  await card.getByText("kubectl -n shop exec web -- nslookup cart").waitFor();
  await tools.waitFor();
  await steps(page).getByRole("button", { name: /^send to / }).click();
  await card.getByText("kubectl -n shop exec web -- curl -v --max-time 5 http://cart/basket").waitFor();
  assert.equal(await tools.count(), 0);
  assert.equal(await assumed.count(), 0);
  await steps(page).getByRole("button", { name: /^to Pod / }).first().click();
  await card.getByText("ip route get ").waitFor();
  await assumed.waitFor();
});

test("every branch stands in a tree, and a click leads there", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await tab(page, "Branches");
  const leaves = page.locator(".leaf, .branch");
  await leaves.first().waitFor();
  await page.getByText("Ends on another node than the sender.").waitFor();
  const leaf = page.getByRole("button", { name: /1\/3.*shop\/cart-/ }).last();
  const wanted = (await leaf.innerText()).match(/10\.\d+\.\d+\.\d+:8080|on (\S+)$/)[0];
  await leaf.click();
  await page.locator(".leaf[aria-pressed=true], .branch[aria-pressed=true]", { hasText: wanted }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "branches");
  await tab(page, "Journey");
  await steps(page).getByRole("button", { name: /^DNAT to / }).click();
  await page.getByRole("button", { name: /^[12]\/3 of the packets go this way and end on .* node/ }).waitFor();
});

test("a thousand packets are drawn beside the exact values, the same for the same seed", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await tab(page, "Branches");
  await page.getByRole("button", { name: "Send 1,000" }).click();
  const rows = page.locator(".spread").first().locator("tbody tr");
  await rows.first().waitFor();
  assert.equal(await rows.count(), 3);
  const drawn = async () => (await rows.locator("td:nth-child(3)").allInnerTexts()).map(Number);
  const first = await drawn();
  assert.equal(first.reduce((a, b) => a + b), 1000);
  assert.deepEqual(await rows.locator("td:nth-child(4)").allInnerTexts(), ["333 1/3", "333 1/3", "333 1/3"]);
  await page.getByRole("button", { name: "Send 1,000" }).click();
  await page.waitForFunction((first) => document.querySelector(".spread td:nth-child(3)").innerText !== String(first), first[0]);
  await page.getByLabel("Seed").fill("1");
  await page.waitForFunction((first) => document.querySelector(".spread td:nth-child(3)").innerText === String(first), first[0]);
  assert.deepEqual(await drawn(), first);
});

test("modes are put side by side, and differ where they do", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: /^Service shop\/cart/ }).click();
  const address = await page.locator(".detail .fact", { has: page.getByText("clusterIP", { exact: true }) }).locator("dd").first().innerText();
  await send(page, "pod/shop/web", `${address.match(/[\d.]+/)[0]}:81`);
  await tab(page, "Modes");
  const nftables = page.getByRole("region", { name: "nftables" });
  await nftables.getByText(/connection refused/).first().waitFor();
  await page.getByRole("region", { name: "iptables" }).getByText(/connection timed out/).first().waitFor();
  await nftables.getByText(/rules of kube-proxy were looked at/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "modes");
  // The journey of the other mode goes to the map and the panels, and the manifests stay as they are.
  await nftables.getByRole("button", { name: "Show on the map" }).click();
  await nftables.getByRole("button", { name: "Shown on the map", pressed: true }).waitFor();
  await tab(page, "Journey");
  await steps(page).getByRole("button", { name: "refused" }).waitFor();
  await tab(page, "Rules");
  await page.getByRole("button", { name: "nftables", pressed: true }).waitFor();
  await page.getByText(/as nft list ruleset lists them/).waitFor();
});

test("rules are searched, followed to their Service, and found from it", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart");
  await steps(page).getByRole("button", { name: /^DNAT to / }).click();
  await tab(page, "Rules");
  await page.locator(".ruleset .matched", { hasText: "KUBE-SEP-" }).first().waitFor();
  await page.getByText(/^\d+ of \d+ met by the step$/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "rules");
  await page.getByLabel("Search the rules").fill("KUBE-mark-MASQ");
  await page.getByText(/^1 of \d+ with this text$/).waitFor();
  await page.locator(".ruleset .front", { hasText: /KUBE-MARK-MASQ/ }).waitFor();
  await page.getByRole("button", { name: "The next one" }).click();
  await page.getByText(/^2 of \d+ with this text$/).waitFor();
  await page.getByLabel("Search the rules").fill("");
  await page.locator(".ruleset .of-service.matched").first().click();
  await page.locator(".detail").getByRole("heading", { name: "cart" }).waitFor();
  await page.getByRole("button", { name: "Its rules" }).click();
  await page.getByText(/^1 of \d+ of shop\/cart$/).waitFor();
  for (const mode of ["nftables", "ipvs"]) {
    await page.getByRole("button", { name: mode, exact: true }).click();
    await page.getByText(mode === "ipvs" ? /as ipvsadm/ : /as nft list/).waitFor();
  }
  await page.getByRole("button", { name: "As written" }).click();
  await page.getByText(/as commands that would make them/).waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save all rules" }).click();
  assert.match((await saved).suggestedFilename(), /\.rules\.txt$/);
});

test("of more rules than a page holds those in sight are always there, also at a step that meets none", async (t) => {
  const { page } = await openPage(t, await serve());
  await page.locator("input[type=file]").first().setInputFiles([
    { name: "cluster.yaml", mimeType: "text/yaml", buffer: Buffer.from(cluster(600)) },
  ]);
  await page.getByText(/^120 Services/).waitFor();
  await send(page, "pod/team-0/app-0-6d4cf56db6-00000", "http://app-117.team-1");
  await steps(page).getByRole("button", { name: /^DNAT to / }).click();
  await tab(page, "Rules");
  await page.locator(".ruleset .matched").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".ruleset").scrollTop > 9000);
  await page.getByRole("button", { name: "First step" }).click();
  await page.locator(".rules-found", { hasText: "The step met no rule here" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".ruleset li") && !document.querySelector(".ruleset .unread"));
});

test("the panels follow the step: names, slices, connection tables, the object as stored", async (t) => {
  const { page } = await open(t);
  await send(page, "pod/shop/web", "http://cart.shop");
  await tab(page, "DNS");
  await page.getByRole("cell", { name: "search shop.svc.cluster.local" }).first().waitFor();
  await screenshot(page, "dns");
  await tab(page, "EndpointSlices");
  await page.getByText(/uses every endpoint of shop\/cart:http: 3/).waitFor();
  await screenshot(page, "slices");
  await page.getByRole("button", { name: "First step" }).click();
  await tab(page, "Connections");
  await page.getByText(/no table holds anything/).waitFor();
  await page.getByRole("button", { name: "Last step" }).click();
  await page.getByText(/^tcp +6 src=10\.\S+ dst=10\.\S+ sport=\d+ dport=80 src=/).first().waitFor();
  await screenshot(page, "connections");
  await tab(page, "YAML");
  const line = page.locator(".stored-lines li", { hasText: "clusterIP:" });
  await line.getByText("assumed").waitFor();
  await page.locator(".stored-lines .defaulted", { hasText: "sessionAffinity: None" }).waitFor();
  assert.equal(await page.locator(".stored-lines .written", { hasText: /\bport: 80$/ }).count(), 1);
  await assertAccessible(page);
  await screenshot(page, "stored");
});
