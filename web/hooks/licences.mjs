// The list of what the page is built from, and under which licences: crates that are compiled into it (from cargo) and
// npm packages that are bundled (from their lock file), with the text of each licence once.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The whole list as text. */
export function licences() {
  const packages = [...crates(), ...bundled()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const texts = new Map();
  for (const part of packages) {
    for (const text of part.texts) texts.set(text, [...(texts.get(text) ?? []), `${part.name} ${part.version}`]);
  }
  const list = packages.map(({ name, version, licence, from }) => `${name} ${version}: ${licence}${from ? ` (${from})` : ""}`);
  const body = [...texts].map(([text, names]) => `${"-".repeat(72)}\n${names.join(", ")}\n\n${text}`);
  return `Switchboard is under the Apache License 2.0. It is built from:\n\n${list.join("\n")}\n\n${body.join("\n\n")}\n`;
}

function crates() {
  const cargo = process.env.CARGO ?? "cargo";
  const run = (...words) => execFileSync(cargo, words, { encoding: "utf8", maxBuffer: 1e9, stdio: ["ignore", "pipe", "ignore"] });
  const target = ["--filter-platform", "wasm32-unknown-unknown", "--locked"];
  let text;
  try {
    text = run("metadata", "--format-version", "1", ...target, "--offline");
  } catch {
    // Cargo wants to see what the page does not use as well: on a new machine that is not there yet.
    text = run("metadata", "--format-version", "1", ...target);
  }
  const metadata = JSON.parse(text);
  const byId = new Map(metadata.packages.map((part) => [part.id, part]));
  const edges = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const seen = new Set();
  const visit = (id) => {
    if (seen.has(id)) return;
    seen.add(id);
    // What only builds or tests is in no file of the page.
    for (const { pkg, dep_kinds } of edges.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(metadata.packages.find(({ name }) => name === "switchboard-web").id);
  return [...seen].map((id) => byId.get(id)).filter(({ source }) => source).map((part) => ({
    name: part.name,
    version: part.version,
    licence: part.license ?? "see its licence file",
    from: part.repository,
    texts: textsIn(dirname(part.manifest_path)),
  }));
}

function bundled() {
  const lock = JSON.parse(readFileSync("web/package-lock.json", "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, part]) => path.startsWith("node_modules/") && !part.dev && !part.optional)
    .map(([path, part]) => ({
      name: path.slice("node_modules/".length),
      version: part.version,
      licence: part.license ?? "see its licence file",
      texts: textsIn(join("web", path)),
    }));
}

function textsIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && !/apache/i.test(name))
    .map((name) => join(folder, name))
    .flatMap((path) => {
      try {
        return [readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim()];
      } catch {
        // A folder of that name.
        return [];
      }
    });
}
