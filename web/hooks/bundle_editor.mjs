// Trunk's pre_build hook: bundles web/js/editor.js with CodeMirror into web/generated/editor.js, the module that web/src/editor.rs
// imports. Installs the npm packages when they are missing, so that `trunk serve` alone works.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));

if (!existsSync(join(web, "node_modules/esbuild"))) {
  console.log("installing the editor's npm packages (npm ci in web/, some seconds)");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: web, stdio: "inherit" });
}

const { build } = await import("esbuild");

const bundle = join(web, "generated/editor.js");
const { outputFiles } = await build({
  entryPoints: [join(web, "js/editor.js")],
  outfile: bundle,
  write: false,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: process.env.TRUNK_PROFILE === "release",
  legalComments: "none",
  logLevel: "warning",
});

// Left alone where it is the same: a new date would compile the app again.
const [{ text }] = outputFiles;
if (!existsSync(bundle) || readFileSync(bundle, "utf8") !== text) {
  mkdirSync(dirname(bundle), { recursive: true });
  writeFileSync(bundle, text);
}
