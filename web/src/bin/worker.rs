//! The engine's thread: started by `worker_boot.js`.

fn main() {
    switchboard_web::worker::start();
}
