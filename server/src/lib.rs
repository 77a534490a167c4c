//! A static file server for loopback: GET and HEAD, one thread a connection, nothing kept, nothing listed, nothing outside
//! of its folder.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    thread,
    time::Duration,
};

/// A request line and its headers are shorter than this, or not worth reading.
const MAX_HEAD: u64 = 16 * 1024;
/// The page has a policy of its own; who may show it in a frame only a header can say.
const HEADERS: &str = "Content-Security-Policy: frame-ancestors 'self'\r\nX-Content-Type-Options: nosniff\r\n\
Referrer-Policy: no-referrer\r\n";
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves `folder` at `port`, or at `usual` or any free one if none is named, until the process ends.
///
/// # Errors
/// There is no port to listen on.
pub fn run(folder: &Path, port: Option<u16>, usual: u16) -> io::Result<()> {
    // Links may lead about in it, not out of it.
    let folder = &folder.canonicalize()?;
    let listener = match port {
        Some(port) => bind(port),
        None => bind(usual).or_else(|_| bind(0)),
    }
    .map_err(|error| io::Error::other(format!("no port to listen on: {error}")))?;
    let address = listener.local_addr()?;
    println!("Switchboard is at http://{address}/ (Ctrl-C ends it)");
    for connection in listener.incoming().flatten() {
        let folder = folder.to_owned();
        // A browser that goes away in the middle is no failure.
        thread::spawn(move || answer(&connection, &folder).ok());
    }
    Ok(())
}

fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

fn answer(connection: &TcpStream, folder: &Path) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(connection.take(MAX_HEAD));
    let mut request = String::new();
    head.read_line(&mut request)?;
    let mut header = String::new();
    while head.read_line(&mut header)? > 0 && !header.trim_end().is_empty() {
        header.clear();
    }
    let mut words = request.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut out = connection;
    if !matches!(method, "GET" | "HEAD") {
        return write!(
            out,
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let file = file_of(target)
        .and_then(|file| folder.join(file).canonicalize().ok())
        .filter(|file| file.is_file() && file.starts_with(folder));
    let Some(file) = file else {
        let body = "Not found\n";
        return write!(
            out,
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    };
    let mut content = File::open(&file)?;
    write!(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n{HEADERS}Connection: close\r\n\r\n",
        content_type(&file),
        content.metadata()?.len(),
    )?;
    if method == "GET" {
        io::copy(&mut content, &mut out)?;
    }
    Ok(())
}

/// The file that a request's target names, relative to the folder; `None` if it leads out of it.
fn file_of(target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut file = PathBuf::from(decoded(path)?);
    if file.as_os_str().is_empty() || path.ends_with('/') {
        file.push("index.html");
    }
    file.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then_some(file)
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let pair = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("md") => "text/markdown; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_name_files_inside_the_folder_or_nothing() {
        let named = |target| file_of(target).map(|file| file.display().to_string());
        assert_eq!(named("/").as_deref(), Some("index.html"));
        assert_eq!(named("/worker.js?v=12").as_deref(), Some("worker.js"));
        assert_eq!(named("/a/b%20c.svg").as_deref(), Some("a/b c.svg"));
        assert_eq!(named("/a/").as_deref(), Some("a/index.html"));
        for outside in [
            "/../secret",
            "/a/%2e%2e/%2e%2e/secret",
            "//etc/passwd",
            "/%2fetc/passwd",
            "secret",
            "",
            "/%zz",
            "/%",
        ] {
            assert_eq!(named(outside), None, "{outside}");
        }
    }

    #[test]
    fn files_are_answered_with_type_and_length_and_everything_else_is_refused() {
        let folder =
            std::env::temp_dir().join(format!("switchboard-server-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let folder = folder.canonicalize().expect("it is there");
        std::fs::write(folder.join("a.svg"), "<svg/>").expect("a file in it");
        let asked = |request: &str| {
            let listener = bind(0).expect("a free port");
            let address = listener.local_addr().expect("its address");
            let served = folder.clone();
            let server = thread::spawn(move || {
                let (connection, _) = listener.accept().expect("a connection");
                answer(&connection, &served)
            });
            let mut client = TcpStream::connect(address).expect("somebody listens");
            write!(client, "{request}\r\nHost: x\r\n\r\n").expect("the request is taken");
            let mut response = String::new();
            client.read_to_string(&mut response).expect("an answer");
            server.join().expect("no panic").expect("no I/O error");
            response
        };
        assert_eq!(
            asked("GET /a.svg HTTP/1.1"),
            "HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 6\r\nCache-Control: no-cache\r\n\
             Content-Security-Policy: frame-ancestors 'self'\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n<svg/>"
        );
        assert!(asked("HEAD /a.svg HTTP/1.1").ends_with("Connection: close\r\n\r\n"));
        assert!(asked("GET /../a.svg HTTP/1.1").starts_with("HTTP/1.1 404 "));
        assert!(asked("GET /b.svg HTTP/1.1").starts_with("HTTP/1.1 404 "));
        assert!(asked("POST /a.svg HTTP/1.1").starts_with("HTTP/1.1 405 "));
        assert!(asked("").starts_with("HTTP/1.1 405 "));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/hostname", folder.join("out.txt")).expect("a link");
            assert!(asked("GET /out.txt HTTP/1.1").starts_with("HTTP/1.1 404 "));
        }
        std::fs::remove_dir_all(&folder).expect("the folder is still there");
    }

    #[test]
    fn wasm_has_the_type_that_browsers_compile_while_it_loads() {
        assert_eq!(content_type(Path::new("app_bg.wasm")), "application/wasm");
    }
}
