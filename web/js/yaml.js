// YAML as the editor shows it: colours, folding, indentation.
//
// Only what is in sight is looked at, line by line. A parser of the whole text would be exact about what a person rarely
// sees (a quoted text over several lines), keeps the page from painting for tenths of a second after a paste, and is a
// tenth of the editor.

import { foldService, indentService } from "@codemirror/language";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";

/** Lines before the first in sight: whether that one is inside of a block of text is decided here. */
const BEFORE = 300;
/** Of a longer line only the beginning is coloured. */
const LONGEST = 2000;

const VALUE = /^(?:[-+]?(?:0x[\da-fA-F]+|0o?[0-7]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?)|[-+]?\.(?:\d+|inf)|\.nan|true|false|null|~)$/i;
const BLOCK = /(?:^|[\s:-])[|>][-+\d]*\s*(?:#.*)?$/;

const marks = Object.fromEntries(["key", "value", "comment", "quiet", "meta"].map((name) => [name, Decoration.mark({ class: `cm-yaml-${name}` })]));

const coloured = ViewPlugin.fromClass(class {
  constructor(view) {
    this.decorations = colours(view);
  }

  update(update) {
    if (update.docChanged || update.viewportChanged) this.decorations = colours(update.view);
  }
}, { decorations: (plugin) => plugin.decorations });

const looks = EditorView.baseTheme({
  ".cm-yaml-key": { color: "var(--code-key)" },
  ".cm-yaml-value": { color: "var(--code-value)" },
  ".cm-yaml-comment": { color: "var(--code-comment)", fontStyle: "italic" },
  ".cm-yaml-quiet": { color: "var(--code-quiet)" },
  ".cm-yaml-meta": { color: "var(--code-meta)" },
});

/** Everything that makes the editor one for YAML (and JSON, which is YAML). */
export function yaml() {
  return [
    coloured,
    looks,
    foldService.of(folded),
    indentService.of(indentation),
    EditorState.languageData.of(() => [{ commentTokens: { line: "#" } }]),
  ];
}

function colours(view) {
  const { doc } = view.state;
  const { from, to } = view.viewport;
  const first = doc.lineAt(from).number;
  const last = doc.lineAt(to).number;
  const builder = new RangeSetBuilder();
  let number = Math.max(1, first - BEFORE);
  // Column of the line that began a block of text.
  let block = -1;
  for (const text of doc.iterLines(number, last + 1)) {
    const isText = block >= 0 && (text.trim() === "" || indentOf(text) > block);
    if (!isText) {
      block = BLOCK.test(text) ? indentOf(text) : -1;
      if (number >= first) {
        const start = doc.line(number).from;
        for (const [name, at, end] of tokens(text.slice(0, LONGEST))) builder.add(start + at, start + end, marks[name]);
      }
    }
    number += 1;
  }
  return builder.finish();
}

/** The parts of a line that are not plain text: `[name, from, to]`, in order. */
export function* tokens(line) {
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) yield ["meta", 0, 3];
  let at = /^(?:---|\.\.\.)(?:\s|$)/.test(line) ? 3 : 0;
  const ends = (place) => place >= line.length || /\s/.test(line[place]);
  while (at < line.length) {
    const letter = line[at];
    if (/\s/.test(letter)) {
      at += 1;
    } else if (letter === "#" && (at === 0 || /\s/.test(line[at - 1]))) {
      yield ["comment", at, line.length];
      return;
    } else if ("{}[],".includes(letter) || ("-?:".includes(letter) && ends(at + 1))) {
      yield ["quiet", at, at + 1];
      at += 1;
    } else if (letter === '"' || letter === "'") {
      const end = quoted(line, at);
      if (/^\s*:/.test(line.slice(end, end + 20))) yield ["key", at, end];
      at = end;
    } else if ("&*!|>".includes(letter)) {
      let end = at + 1;
      while (!ends(end) && !",[]{}".includes(line[end])) end += 1;
      yield ["|>".includes(letter) ? "quiet" : "meta", at, end];
      at = end;
    } else {
      const end = plain(line, at);
      if (line[end] === ":") yield ["key", at, end];
      else if (VALUE.test(line.slice(at, end))) yield ["value", at, end];
      at = Math.max(end, at + 1);
    }
  }
}

/** Where a quoted text ends: behind its closing quote, or with the line. */
function quoted(line, start) {
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === "\\" && line[start] === '"') at += 1;
    else if (line[at] === line[start]) {
      if (line[start] !== "'" || line[at + 1] !== "'") return at + 1;
      at += 1;
    }
  }
  return line.length;
}

/** Where an unquoted text ends: before a colon with space behind it, a comment, or what ends a value in brackets. */
function plain(line, start) {
  const inBrackets = /[[{]/.test(line.slice(0, start));
  let end = start;
  for (let at = start; at < line.length; at += 1) {
    const letter = line[at];
    if (letter === ":" && (at + 1 >= line.length || /\s/.test(line[at + 1]))) return end;
    if (letter === "#" && /\s/.test(line[at - 1] ?? "")) return end;
    if (inBrackets && ",]}".includes(letter)) return end;
    if (!/\s/.test(letter)) end = at + 1;
  }
  return end;
}

function indentOf(text) {
  return text.search(/\S|$/);
}

/** What belongs to a line: the lines behind it that stand further in, and a list under its key. */
function folded(state, from) {
  const line = state.doc.lineAt(from);
  const indent = indentOf(line.text);
  if (indent === line.text.length || line.text[indent] === "#" || line.number === state.doc.lines) return null;
  const isItem = /^\s*-(?:\s|$)/.test(line.text);
  const mayList = !isItem && /:\s*(?:#.*)?$/.test(line.text);
  let number = line.number;
  let last = number;
  for (const text of state.doc.iterLines(number + 1)) {
    number += 1;
    if (text.trim() === "") continue;
    const own = indentOf(text);
    if (own <= indent && !(mayList && own === indent && /^\s*-(?:\s|$)/.test(text))) break;
    last = number;
  }
  return last === line.number ? null : { from: line.to, to: state.doc.line(last).to };
}

/** A new line begins where the last one's key did; further in below the beginning of a block of text. */
function indentation(context, at) {
  const { text, number } = context.state.doc.lineAt(at);
  const before = at === context.state.doc.lineAt(at).from && number > 1 ? context.state.doc.line(number - 1).text : text;
  if (before.trim() === "") return null;
  if (BLOCK.test(before)) return indentOf(before) + context.unit;
  return before.match(/^\s*(?:- +)*/)[0].length;
}
