// All that the page can ask for stays small; what a first load asks for is in quick.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dist } from "./harness.mjs";
import { sizes, table, total } from "./sizes.mjs";

// The goal is 600 kB; ARCHITECTURE.md says what the rest is made of. Whoever raises this says what for.
const LIMIT = 1_420_000;

test("all files of the page together are at most 1,420 kB of brotli", () => {
  const rows = sizes(dist);
  assert(total(rows, "brotli") <= LIMIT, `\n${table(rows)}`);
});
