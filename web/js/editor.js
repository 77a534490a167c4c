// The manifest editor: CodeMirror 6 with YAML, mounted in a shadow root so that its styles need no
// `unsafe-inline` in the Content-Security-Policy.
//
// It owns the text and nothing else: findings, completions and what to highlight are told from outside
// (web/src/editor.rs). Every position is an offset in UTF-16 units, as JavaScript counts.

import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorSelection, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { yaml } from "./yaml.js";

// web/js/editor_more.js, once somebody works in an editor.
let more;

export class Editor {
  // parent: the element to mount in. label: what a screen reader calls the editor. hint: shown while it is empty.
  // onChange(atOnce): the text changed by hand; at once, if it was not typed but pasted or dropped. onCursor(offset): the
  // cursor moved. onAction(nth): the action of a remark was chosen.
  constructor(parent, label, hint, onChange, onCursor, onAction) {
    this.onAction = onAction;
    this.theme = new Compartment();
    this.equipment = new Compartment();
    this.equipped = [];
    this.dark = false;
    this.words = [];
    const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
    this.states = new Map();
    this.shown = null;
    this.extensions = [
        lineNumbers(),
        lintGutter(),
        foldGutter(),
        codeFolding(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentUnit.of("  "),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        yaml(),
        highlighted,
        lit,
        covered,
        placeholder(hint),
        keymap.of([
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          // Escape, then Tab, leaves the editor: CodeMirror lets the next Tab through.
          indentWithTab,
        ]),
        // Without a tabindex of its own a scrollable region cannot be reached by keyboard everywhere (axe).
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label }),
        typedOverSelection,
        fromItsBeginning,
        looks,
        this.theme.of(EditorView.darkTheme.of(false)),
        EditorView.updateListener.of((update) => {
          const byHand = update.transactions.filter((one) => one.docChanged && !one.annotation(Transaction.remote));
          if (byHand.length > 0) onChange(byHand.some((one) => one.isUserEvent("input.paste") || one.isUserEvent("input.drop")));
          if (update.selectionSet || update.docChanged) onCursor(update.state.selection.main.head);
        }),
      ];
    this.view = new EditorView({ root, parent: root, state: this.stateOf("") });
    for (const sign of ["pointerover", "focusin"]) parent.addEventListener(sign, () => this.equip());
  }

  // Somebody is about to work in it.
  async equip() {
    if (this.equipped.length > 0) return;
    try {
      more ??= await import("./editor_more.js");
    } catch {
      // The network is gone: one can write without it, and it is tried again.
      return;
    }
    if (this.equipped.length > 0) return;
    this.equipped = more.extensions((context) => this.complete(context));
    this.settle();
  }

  // Tells the state that is shown what has changed since it was made.
  settle() {
    this.view.dispatch({
      effects: [this.equipment.reconfigure(this.equipped), this.theme.reconfigure(EditorView.darkTheme.of(this.dark))],
    });
  }

  getText() {
    return this.view.state.doc.toString();
  }

  // Shows a file. Each keeps its own history, so that undo never brings back the text of another one. onChange is
  // not called. A file whose text changed elsewhere begins anew.
  show(file, text) {
    if (this.shown !== null) this.states.set(this.shown, this.view.state);
    const kept = this.states.get(file);
    this.shown = file;
    this.view.setState(kept && kept.doc.toString() === text ? kept : this.stateOf(text));
    // The view would stay where the text before was scrolled to.
    this.view.scrollDOM.scrollTo(0, 0);
    this.settle();
  }

  // Forgets the histories of all files but these.
  keep(files) {
    for (const file of this.states.keys()) if (!files.includes(file)) this.states.delete(file);
  }

  stateOf(text) {
    return EditorState.create({ doc: text, extensions: [this.equipment.of(this.equipped), this.extensions] });
  }

  // Replaces one range, as a quick fix does: counts as typed by hand, and is undone by itself. Only if the text at
  // lineFrom still begins with `before`.
  fix(from, to, text, lineFrom, before) {
    const doc = this.view.state.doc;
    if (to > doc.length || doc.sliceString(lineFrom, lineFrom + before.length) !== before) return false;
    this.view.dispatch({
      changes: { from, to, insert: text },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
      annotations: isolateHistory.of("full"),
      userEvent: "input.fix",
    });
    return true;
  }

  // diagnostics: [{ from, to, severity: "error" | "warning" | "info", message, source, action }]
  setDiagnostics(diagnostics) {
    const inside = diagnostics.map(({ action, ...one }, nth) => ({
      ...one,
      ...this.within(one.from, one.to),
      actions: action ? [{ name: action.replaceAll("`", ""), apply: () => this.onAction(nth) }] : [],
    }));
    this.view.dispatch(setDiagnostics(this.view.state, inside));
  }

  // Puts the cursor before the range, lights the range until the text changes, and scrolls it into the middle. Takes
  // the focus only when asked to.
  revealRange(from, to, focus) {
    const range = this.within(from, to);
    this.view.dispatch({
      selection: { anchor: range.from },
      effects: [setLit.of(range), EditorView.scrollIntoView(this.fromLineStart(range.from), { y: "center" })],
    });
    if (focus) this.view.focus();
  }

  // Marks the lines of a range and scrolls them into view, without moving the cursor.
  highlightRange(from, to) {
    const range = this.within(from, to);
    this.view.dispatch({
      effects: [setHighlight.of(range), EditorView.scrollIntoView(this.view.state.doc.lineAt(range.from).from, { y: "nearest", yMargin: 60 })],
    });
  }

  clearHighlight() {
    this.view.dispatch({ effects: setHighlight.of(null) });
  }

  // Covers ranges, [from, to, from, to, …] in order: what stands there is not shown, but stays as it is.
  setCovered(bounds) {
    if (bounds.length === 0 && this.view.state.field(covered).size === 0) return;
    const marks = [];
    for (let at = 0; at + 1 < bounds.length; at += 2) {
      const { from, to } = this.within(bounds[at], bounds[at + 1]);
      if (from < to) marks.push(cover.range(from, to));
    }
    this.view.dispatch({ effects: setCovers.of(Decoration.set(marks)) });
  }

  setTheme(dark) {
    this.dark = dark;
    this.settle();
  }

  // Words offered while typing, besides those of the text itself.
  setWords(words) {
    this.words = words.map((label) => ({ label, type: "keyword" }));
  }

  focus() {
    this.view.focus();
  }

  destroy() {
    this.view.destroy();
  }

  complete(context) {
    const word = context.matchBefore(/[\w.\-/]+/);
    if (!word || word.to - word.from < 2) return null;
    const start = word.text.toLowerCase();
    const options = this.words.filter(({ label }) => label.length > start.length && label.toLowerCase().startsWith(start));
    // What was not typed is not guessed: a fuzzy match in a manifest is a nuisance.
    return options.length > 0 ? { from: word.from, options, filter: false } : null;
  }

  // What to scroll to for a position: its line from the beginning, as far as that leaves the position in view.
  fromLineStart(position) {
    return EditorSelection.range(this.view.state.doc.lineAt(position).from, position);
  }

  // What comes from outside may belong to an older text.
  within(from, to) {
    const end = this.view.state.doc.length;
    const start = Math.min(Math.max(from, 0), end);
    return { from: start, to: Math.min(Math.max(to, start), end) };
  }
}

// Text typed over a selection is replaced here and not by the browser, which would keep the old text's colours in a
// style attribute: the page's policy forbids those.
const typedOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || event.data === null || event.isComposing || view.state.selection.main.empty) return false;
    event.preventDefault();
    const around = more?.insertBracket(view.state, event.data);
    view.dispatch(around ?? view.state.update(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: "input.type" }));
    return true;
  },
});

// More than a person types at once is read from its beginning; where it ends one would see neither that nor, in a long
// line, the line.
const insertedText = 200;
const fromItsBeginning = EditorState.transactionExtender.of((transaction) => {
  if (!transaction.isUserEvent("input")) return null;
  let beginning = null;
  transaction.changes.iterChanges((_from, _to, start, end) => {
    if (end - start >= insertedText) beginning ??= start;
  });
  if (beginning === null) return null;
  const line = transaction.newDoc.lineAt(beginning);
  return { effects: EditorView.scrollIntoView(line.from, { xMargin: 40 }) };
});

const setCovers = StateEffect.define();
// What is typed at its end is covered at once.
const cover = Decoration.mark({ class: "cm-covered", attributes: { title: "The value of a Secret: not shown, kept or shared" }, inclusiveEnd: true });

const covered = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const told = transaction.effects.find((effect) => effect.is(setCovers));
    return told ? told.value : marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const setHighlight = StateEffect.define();
const line = Decoration.line({ class: "cm-told" });

const highlighted = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let result = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setHighlight)) result = effect.value ? linesOf(transaction.state.doc, effect.value) : Decoration.none;
    }
    return result;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const setLit = StateEffect.define();
const litMark = Decoration.mark({ class: "cm-lit" });

// The exact range that was asked for.
const lit = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let result = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (effect.is(setLit)) result = effect.value.from < effect.value.to ? Decoration.set([litMark.range(effect.value.from, effect.value.to)]) : Decoration.none;
    }
    return result;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function linesOf(doc, { from, to }) {
  const last = doc.lineAt(to).number;
  const marks = [];
  for (let number = doc.lineAt(from).number; number <= last; number += 1) marks.push(line.range(doc.line(number).from));
  return Decoration.set(marks);
}

// Colours are the page's custom properties: they reach into the shadow root, and the theme is switched in one place.
const looks = EditorView.theme({
  "&": { height: "100%", color: "var(--code-text)", backgroundColor: "var(--code-ground)", fontSize: "var(--code-size, 13px)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-code, ui-monospace, monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--code-cursor)" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--code-cursor)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--code-selection)" },
  ".cm-gutters": { color: "var(--code-quiet)", backgroundColor: "var(--code-ground)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  ".cm-told": { backgroundColor: "var(--code-told)", boxShadow: "inset 3px 0 0 var(--code-told-edge)" },
  ".cm-lit": { outline: "2px solid var(--code-told-edge)", outlineOffset: "1px", borderRadius: "2px", backgroundColor: "var(--code-told)" },
  // Firefox before 111 has no text-security.
  ".cm-covered, .cm-covered *": { "-webkit-text-security": "disc" },
  "@supports not (-webkit-text-security: disc)": { ".cm-covered, .cm-covered *": { color: "transparent", backgroundColor: "var(--code-quiet)" } },
  ".cm-placeholder": { color: "var(--code-quiet)" },
  ".cm-panels, .cm-tooltip": { color: "var(--code-text)", backgroundColor: "var(--code-panel)", borderColor: "var(--code-edge)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--code-edge)" },
  ".cm-textfield, .cm-button": { color: "inherit", backgroundColor: "var(--code-ground)", backgroundImage: "none", border: "1px solid var(--code-edge)", borderRadius: "4px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--code-text)", backgroundColor: "var(--code-selection)" },
  ".cm-searchMatch": { backgroundColor: "var(--code-match)" },
  ".cm-foldPlaceholder": { color: "var(--code-quiet)", backgroundColor: "var(--code-line)", border: "none" },
});
