// The first visit stays small.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dist } from "./harness.mjs";
import { sizes, table, total } from "./sizes.mjs";

const LIMIT = 600_000;

test("all files of the page are at most 600 kB of brotli", () => {
  const rows = sizes(dist);
  assert(total(rows, "brotli") <= LIMIT, `\n${table(rows)}`);
});
