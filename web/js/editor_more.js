// What the editor needs as soon as somebody works in it, and no earlier: search, completion, brackets. A file of its own, so
// that the page's first picture does not wait for it (web/js/editor.js loads it).

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { keymap } from "@codemirror/view";

export { insertBracket } from "@codemirror/autocomplete";

// complete(context): what to offer.
export const extensions = (complete) => [
  closeBrackets(),
  highlightSelectionMatches(),
  search({ top: true }),
  autocompletion({ icons: false, override: [complete], activateOnTyping: true }),
  keymap.of([...closeBracketsKeymap, ...searchKeymap, ...completionKeymap]),
];
