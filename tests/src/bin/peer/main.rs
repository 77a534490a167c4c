//! A process in a namespace of the referee's lab: it answers, or it dials and says what became of it.
//!
//! `peer serve NAME ADDRESS|* PORT/PROTOCOL…` prints `ready`, then answers every connection with its name, the source
//! address that it saw and the port that it was reached at. `peer dial LANE…` takes lanes of
//! `ID,PROTOCOL,SOURCE|*,ADDRESS,PORT,COUNT` joined by `;`: lanes run side by side, what is in one lane runs in order. It
//! prints a line a connection: `ID ok NAME SOURCE PORT`, `ID echo`, `ID refused`, `ID timeout`, ….

mod raw;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Long enough for a loaded machine, short enough that a silent drop is waited for.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Each connection has a source port of its own: connection tracking would lead a second one where it led the first.
static NEXT_PORT: AtomicU16 = AtomicU16::new(20_000);

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("serve") => {
            let name = arguments.next().unwrap_or_default();
            let address = arguments.next().unwrap_or_default();
            serve(&name, &address, arguments)
        }
        Some("dial") => {
            dial(&arguments.collect::<Vec<_>>());
            Ok(())
        }
        _ => Err(io::Error::other(
            "peer serve NAME ADDRESS|* PORT/PROTOCOL… | peer dial LANE…",
        )),
    }
}

fn serve(name: &str, address: &str, ports: impl Iterator<Item = String>) -> io::Result<()> {
    // Of both families, unless it is bound to one address.
    let address = match address {
        "*" => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        other => other.parse().map_err(io::Error::other)?,
    };
    let mut threads = Vec::new();
    let mut sctp = Vec::new();
    for port in ports {
        let (number, protocol) = port
            .split_once('/')
            .ok_or_else(|| io::Error::other("PORT/PROTOCOL"))?;
        let number: u16 = number.parse().map_err(io::Error::other)?;
        let name = name.to_owned();
        let answer = move |source: IpAddr| format!("{name} {} {number}\n", source.to_canonical());
        match protocol {
            "sctp" => sctp.push(number),
            "udp" => {
                let socket = UdpSocket::bind((address, number))?;
                threads.push(thread::spawn(move || {
                    let mut buffer = [0; 64];
                    while let Ok((_, source)) = socket.recv_from(&mut buffer) {
                        // A client that went away is no reason to stop.
                        let _ = socket.send_to(answer(source.ip()).as_bytes(), source);
                    }
                }));
            }
            _ => {
                let listener = TcpListener::bind((address, number))?;
                threads.push(thread::spawn(move || {
                    for mut stream in listener.incoming().flatten() {
                        if let Ok(source) = stream.peer_addr() {
                            let _ = stream.write_all(answer(source.ip()).as_bytes());
                        }
                    }
                }));
            }
        }
    }
    if !sctp.is_empty() {
        threads.extend(raw::answer_sctp(name, address, &sctp)?);
    }
    println!("ready");
    for thread in threads {
        thread
            .join()
            .map_err(|_| io::Error::other("a listener panicked"))?;
    }
    Ok(())
}

fn dial(lanes: &[String]) {
    thread::scope(|scope| {
        for lane in lanes {
            scope.spawn(move || lane.split(';').for_each(dial_one));
        }
    });
}

fn dial_one(item: &str) {
    let parts: Vec<&str> = item.split(',').collect();
    let [id, protocol, source, address, port, count] = parts.as_slice() else {
        return println!("{item} malformed");
    };
    let (Ok(address), Ok(port), Ok(count)) = (
        address.parse::<IpAddr>(),
        port.parse::<u16>(),
        count.parse::<usize>(),
    ) else {
        return println!("{item} malformed");
    };
    let source = source.parse().unwrap_or(match address {
        IpAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
    });
    let to = SocketAddr::new(address, port);
    for _ in 0..count {
        let from = SocketAddr::new(source, NEXT_PORT.fetch_add(1, Ordering::Relaxed));
        let outcome = match *protocol {
            "udp" => ask_udp(from, to),
            "sctp" => raw::ask_sctp(from, to, PATIENCE),
            "icmp" => raw::ping(source, address, PATIENCE),
            _ => ask_tcp(from, to),
        };
        match outcome {
            Ok(answer) => println!("{id} {}", answer.trim()),
            Err(error) => println!("{id} {}", symptom(&error)),
        }
    }
}

fn ask_tcp(from: SocketAddr, to: SocketAddr) -> io::Result<String> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect_timeout(&to.into(), PATIENCE)?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answer = String::from("ok ");
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn ask_udp(from: SocketAddr, to: SocketAddr) -> io::Result<String> {
    let socket = UdpSocket::bind(from)?;
    socket.connect(to)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(b"?")?;
    let mut buffer = [0; 256];
    let length = socket.recv(&mut buffer)?;
    Ok(format!("ok {}", String::from_utf8_lossy(&buffer[..length])))
}

fn symptom(error: &io::Error) -> String {
    // "Protocol not available": the host refuses what it has no stack for, as nodes do with SCTP.
    if error.raw_os_error() == Some(92) {
        return "refused".to_owned();
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => "refused".to_owned(),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "timeout".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "unreachable".to_owned(),
        ErrorKind::PermissionDenied => "not-permitted".to_owned(),
        _ => format!("error {error}"),
    }
}
