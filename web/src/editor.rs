//! The manifest editor: the binding of `web/js/editor.js`, which `web/hooks/bundle_editor.mjs` bundles with
//! CodeMirror into `web/generated/editor.js`.
//!
//! The editor owns the text. Offsets count UTF-16 units, as JavaScript does.

use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::protocol::MendView;

// Natively nothing can be called anyway, and tests need not wait for the bundle.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen(module = "/generated/editor.js"))]
#[cfg_attr(not(target_arch = "wasm32"), wasm_bindgen)]
extern "C" {
    /// CodeMirror in a shadow root.
    #[derive(Debug, Clone, PartialEq)]
    pub type Editor;

    /// Mounts an editor in `parent`. `label` is its name for screen readers, `hint` is shown while it is empty.
    /// `on_change` is called when a person changed the text, with whether it was pasted, not typed; `on_cursor` with the
    /// cursor's offset when it moved; `on_action` with the number of the remark whose action was chosen; all must live as
    /// long as the editor.
    #[wasm_bindgen(constructor)]
    pub fn new(
        parent: &Element,
        label: &str,
        hint: &str,
        on_change: &Closure<dyn FnMut(bool)>,
        on_cursor: &Closure<dyn FnMut(u32)>,
        on_action: &Closure<dyn FnMut(u32)>,
    ) -> Editor;

    /// The whole text; lines end in `\n`.
    #[wasm_bindgen(method, js_name = getText)]
    pub fn text(this: &Editor) -> String;

    /// Shows a file without calling `on_change`. Each file keeps its own history.
    #[wasm_bindgen(method)]
    pub fn show(this: &Editor, file: &str, text: &str);

    /// Forgets the histories of all files but these.
    #[wasm_bindgen(method)]
    pub fn keep(this: &Editor, files: Vec<String>);

    /// Replaces a range as if typed, in one step of the history; `on_change` is called. Nothing happens, and the answer
    /// is `false`, unless the text at `line_from` begins with `before`.
    #[wasm_bindgen(method)]
    pub fn fix(this: &Editor, from: u32, to: u32, text: &str, line_from: u32, before: &str)
    -> bool;

    /// Puts the cursor before the range, lights the range until the text changes, scrolls it into the middle, and takes
    /// the focus if asked to.
    #[wasm_bindgen(method, js_name = revealRange)]
    pub fn reveal_range(this: &Editor, from: u32, to: u32, focus: bool);

    /// Marks the lines of the range, and no others, and scrolls there; the cursor stays.
    #[wasm_bindgen(method, js_name = highlightRange)]
    pub fn highlight_range(this: &Editor, from: u32, to: u32);

    /// Takes the mark of [`Editor::highlight_range`] away.
    #[wasm_bindgen(method, js_name = clearHighlight)]
    pub fn clear_highlight(this: &Editor);

    /// Tells the editor whether the page is dark. Its colours are the page's custom properties `--code-…`.
    #[wasm_bindgen(method, js_name = setTheme)]
    pub fn set_theme(this: &Editor, dark: bool);

    /// Words to offer while typing, besides those of the text.
    #[wasm_bindgen(method, js_name = setWords)]
    pub fn set_words(this: &Editor, words: Vec<String>);

    /// Takes the keyboard focus.
    #[wasm_bindgen(method)]
    pub fn focus(this: &Editor);

    /// Unmounts the editor. It must not be used after that.
    #[wasm_bindgen(method)]
    pub fn destroy(this: &Editor);

    /// Covers ranges, each as two offsets, in order: their text is not shown, but stays as it is.
    #[wasm_bindgen(method, js_name = setCovered)]
    pub fn set_covered(this: &Editor, bounds: Vec<u32>);

    #[wasm_bindgen(method, js_name = setDiagnostics)]
    fn set_diagnostics_json(this: &Editor, diagnostics: JsValue);
}

impl Editor {
    /// Replaces what is underlined in the text and marked in the gutter.
    pub fn set_diagnostics(&self, diagnostics: &[Diagnostic]) {
        let text = serde_json::to_string(diagnostics).expect("diagnostics are plain data");
        let value = js_sys::JSON::parse(&text).expect("serde_json writes JSON");
        self.set_diagnostics_json(value);
    }
}

/// One remark about a range of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// First offset.
    pub from: u32,
    /// The offset behind the last.
    pub to: u32,
    /// How it is marked.
    pub severity: DiagnosticSeverity,
    /// What the tooltip says.
    pub message: String,
    /// Who says it: a finding's code, shown behind the message.
    pub source: String,
    /// The words on the button that mends it.
    pub action: Option<String>,
    /// What that button does.
    #[serde(skip)]
    pub mend: Option<MendView>,
}

/// The three marks that the editor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticSeverity {
    /// Something is wrong.
    Error,
    /// Something is probably not meant.
    Warning,
    /// Something worth knowing.
    Info,
}
