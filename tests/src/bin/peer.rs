//! A process in a namespace of the referee's lab: it answers, or it dials and says what became of it.
//!
//! `peer serve NAME PORT/tcp|udp…` prints `ready`, then answers every connection with its name and the source address
//! that it saw. `peer dial LANE…` takes lanes of `ID,PROTOCOL,ADDRESS:PORT,COUNT` joined by `;`: lanes run side by side,
//! what is in one lane runs in order. It prints a line a connection: `ID ok NAME SOURCE`, `ID refused`, `ID timeout`, ….

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// Long enough for a loaded machine, short enough that a silent drop is waited for.
const PATIENCE: Duration = Duration::from_millis(1200);

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("serve") => serve(&arguments.next().unwrap_or_default(), arguments),
        Some("dial") => {
            dial(arguments.collect());
            Ok(())
        }
        _ => Err(io::Error::other(
            "peer serve NAME PORT/PROTOCOL… | peer dial LANE…",
        )),
    }
}

fn serve(name: &str, ports: impl Iterator<Item = String>) -> io::Result<()> {
    let mut threads = Vec::new();
    for port in ports {
        let (number, protocol) = port
            .split_once('/')
            .ok_or_else(|| io::Error::other("PORT/PROTOCOL"))?;
        let address = SocketAddr::from((
            Ipv4Addr::UNSPECIFIED,
            number.parse().map_err(io::Error::other)?,
        ));
        let name = name.to_owned();
        let answer = move |source: IpAddr| format!("{name} {source}\n");
        if protocol == "udp" {
            let socket = UdpSocket::bind(address)?;
            threads.push(thread::spawn(move || {
                let mut buffer = [0; 64];
                while let Ok((_, source)) = socket.recv_from(&mut buffer) {
                    // A client that went away is no reason to stop.
                    let _ = socket.send_to(answer(source.ip()).as_bytes(), source);
                }
            }));
        } else {
            let listener = TcpListener::bind(address)?;
            threads.push(thread::spawn(move || {
                for mut stream in listener.incoming().flatten() {
                    if let Ok(source) = stream.peer_addr() {
                        let _ = stream.write_all(answer(source.ip()).as_bytes());
                    }
                }
            }));
        }
    }
    println!("ready");
    for thread in threads {
        thread
            .join()
            .map_err(|_| io::Error::other("a listener panicked"))?;
    }
    Ok(())
}

fn dial(lanes: Vec<String>) {
    thread::scope(|scope| {
        for lane in &lanes {
            scope.spawn(move || lane.split(';').for_each(dial_one));
        }
    });
}

fn dial_one(item: &str) {
    let parts: Vec<&str> = item.split(',').collect();
    let [id, protocol, address, count] = parts.as_slice() else {
        return println!("{item} malformed");
    };
    let (Ok(address), Ok(count)) = (address.parse::<SocketAddr>(), count.parse::<usize>()) else {
        return println!("{item} malformed");
    };
    for _ in 0..count {
        let outcome = if *protocol == "udp" {
            ask_udp(address)
        } else {
            ask_tcp(address)
        };
        match outcome {
            Ok(answer) => println!("{id} ok {}", answer.trim()),
            Err(error) => println!("{id} {}", symptom(&error)),
        }
    }
}

fn ask_tcp(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn ask_udp(address: SocketAddr) -> io::Result<String> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(b"?")?;
    let mut buffer = [0; 128];
    let length = socket.recv(&mut buffer)?;
    Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

fn symptom(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "refused".to_owned(),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "timeout".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "unreachable".to_owned(),
        ErrorKind::PermissionDenied => "not-permitted".to_owned(),
        _ => format!("error {error}"),
    }
}
