// Trunk's pre_build hook: bundles web/js/editor.js with CodeMirror into web/generated/editor.js, the module that web/src/editor.rs
// imports, and into web/generated/editor/ what that imports; finish_page.mjs puts it beside the module. Installs the npm packages when they are missing, so that `trunk serve` alone works.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));

if (!existsSync(join(web, "node_modules/esbuild"))) {
  console.log("installing the editor's npm packages (npm ci in web/, some seconds)");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: web, stdio: "inherit" });
}

const { build } = await import("esbuild");

const generated = join(web, "generated");
const { outputFiles } = await build({
  entryPoints: [join(web, "js/editor.js")],
  outdir: generated,
  write: false,
  bundle: true,
  splitting: true,
  chunkNames: "editor/[name]-[hash]",
  format: "esm",
  target: "es2022",
  minify: process.env.TRUNK_PROFILE === "release",
  legalComments: "none",
  logLevel: "warning",
});

rmSync(join(generated, "editor"), { recursive: true, force: true });
for (const { path, text } of outputFiles) {
  // Left alone where it is the same: a new date would compile the app again.
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
