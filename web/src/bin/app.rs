//! The page.

fn main() {
    yew::Renderer::<switchboard_web::app::App>::new().render();
}
