//! What share, export and keep need of the browser: the binding of `web/js/keep.js`.

use wasm_bindgen::prelude::*;

#[cfg_attr(target_arch = "wasm32", wasm_bindgen(module = "/js/keep.js"))]
#[cfg_attr(not(target_arch = "wasm32"), wasm_bindgen)]
extern "C" {
    /// Text, deflated, in letters that a fragment may hold.
    #[wasm_bindgen(catch)]
    pub async fn pack(text: &str) -> Result<JsValue, JsValue>;

    /// The text again; fails if it is no such text, or longer than `limit` bytes.
    #[wasm_bindgen(catch)]
    pub async fn unpack(packed: &str, limit: u32) -> Result<JsValue, JsValue>;

    /// Puts text on the clipboard.
    #[wasm_bindgen(catch)]
    pub async fn copy(text: &str) -> Result<JsValue, JsValue>;

    /// What was dropped, folders opened: pairs of a path and a file.
    #[wasm_bindgen(js_name = filesOf)]
    pub fn files_of(transfer: &web_sys::DataTransfer) -> js_sys::Promise;

    /// Hands a file to the person.
    pub fn save(name: &str, media_type: &str, content: &str);

    /// The map as a file of its own; `metadata` goes with it. `None`: no map is shown.
    #[wasm_bindgen(js_name = mapSvg)]
    pub fn map_svg(width: i32, height: i32, metadata: &str) -> Option<String>;

    /// What a picture of this page took along; empty if it is another picture.
    #[wasm_bindgen(js_name = metadataOf)]
    pub fn metadata_of(svg: &str) -> String;

    /// Hands an SVG to the person as PNG.
    #[wasm_bindgen(catch, js_name = savePng)]
    pub async fn save_png(name: &str, svg: &str) -> Result<JsValue, JsValue>;

    /// Settles when somebody does something in the page for the first time.
    pub async fn somebody();

    /// Keeps the page for when there is no network; calls back when a newer one is ready.
    #[wasm_bindgen(js_name = keepOffline)]
    pub fn keep_offline(on_update: &Closure<dyn FnMut()>) -> js_sys::Promise;

    /// Changes to the newer page.
    pub fn update();
}
