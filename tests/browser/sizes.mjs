// What a first visit downloads: every file of a build, raw and as a brotli-serving host would send it.
//
// `node sizes.mjs --print FOLDER` prints the table.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync } from "node:zlib";

/** Rows of `{ name, raw, brotli }` in bytes, largest first. */
export function sizes(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const content = readFileSync(path);
      return { name: relative(folder, path), raw: content.length, brotli: brotliCompressSync(content).length };
    })
    .sort((a, b) => b.brotli - a.brotli);
}

/** Those rows that a page has asked for, as its requests tell, and those that a browser asks for unseen: icon and manifest. */
export function asked(rows, requests) {
  const seen = requests.map((url) => new URL(url).pathname.slice(1) || "index.html");
  return rows.filter(({ name }) => seen.includes(name) || /^icon-.*\.svg$|\.webmanifest$/.test(name));
}

/** The rows and their sum as lines of text. */
export function table(rows) {
  const sum = { name: "all", raw: total(rows, "raw"), brotli: total(rows, "brotli") };
  const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
  return [...rows, sum].map(({ name, raw, brotli }) => `${kilo(raw)} ${kilo(brotli)} brotli  ${name}`).join("\n");
}

/** The sum of one column. */
export function total(rows, column) {
  return rows.reduce((sum, row) => sum + row[column], 0);
}

if (process.argv[2] === "--print") console.log(table(sizes(process.argv[3])));
