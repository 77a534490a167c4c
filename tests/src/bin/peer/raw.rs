//! What goes without the kernel's help: SCTP, whose stack few kernels have, and echo requests.
//!
//! Netfilter knows SCTP whether or not the kernel can speak it. So an association is opened here by hand, as far as it
//! takes to know who answers: INIT there, INIT ACK back (RFC 9260), the answer in the place of the state cookie.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

const SCTP: i32 = 132;
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
/// Common header and the fixed part of an INIT chunk.
const FIXED: usize = 12 + 20;

/// Answers associations at these ports.
pub(crate) fn answer_sctp(
    name: &str,
    address: IpAddr,
    ports: &[u16],
) -> io::Result<Vec<JoinHandle<()>>> {
    let families = match address {
        IpAddr::V6(any) if any.is_unspecified() => {
            vec![IpAddr::from(Ipv4Addr::UNSPECIFIED), address]
        }
        one => vec![one],
    };
    let mut threads = Vec::new();
    for address in families {
        let socket = socket(Type::RAW, SCTP.into(), address)?;
        let (name, ports) = (name.to_owned(), ports.to_vec());
        threads.push(thread::spawn(move || {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Some(init) = Chunk::read(payload(&buffer[..length], from.ip())) else {
                    continue;
                };
                if init.kind != INIT || !ports.contains(&init.to) {
                    continue;
                }
                let text = format!("{name} {} {}", from.ip(), init.to);
                let answer = chunk(INIT_ACK, init.to, init.from, init.tag, &text);
                let _ = socket.send_to(&answer, SocketAddr::new(from.ip(), 0));
            }
        }));
    }
    Ok(threads)
}

/// Opens an association and says who answered.
pub(crate) fn ask_sctp(from: SocketAddr, to: SocketAddr, patience: Duration) -> io::Result<String> {
    // An ICMP message finds raw sockets by address alone: one that is meant for another port would be taken for one's own.
    let turn = turn(to.ip());
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let socket = socket(Type::RAW, SCTP.into(), from.ip())?;
    socket.connect(SocketAddr::new(to.ip(), 0))?;
    socket.send(&chunk(INIT, from.port(), to.port(), 0, ""))?;
    let mut buffer = [0; 1500];
    let end = Instant::now() + patience;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        let length = socket.recv(&mut buffer)?;
        // Every raw socket of the namespace gets every packet.
        let Some(answer) = Chunk::read(payload(&buffer[..length], to.ip())) else {
            continue;
        };
        if (answer.kind, answer.from, answer.to) == (INIT_ACK, to.port(), from.port()) {
            return Ok(format!("ok {}", answer.text));
        }
    }
}

/// Sends an echo request. The kernel makes identifier and checksum, and hands over the reply to it.
pub(crate) fn ping(from: IpAddr, to: IpAddr, patience: Duration) -> io::Result<String> {
    let (protocol, request) = match to {
        IpAddr::V4(_) => (Protocol::ICMPV4, 8),
        IpAddr::V6(_) => (Protocol::ICMPV6, 128),
    };
    let socket = socket(Type::DGRAM, protocol, from)?;
    socket.connect(SocketAddr::new(to, 0))?;
    socket.set_read_timeout(Some(patience))?;
    socket.send(&[request, 0, 0, 0, 0, 0, 0, 1])?;
    socket.recv(&mut [0; 64])?;
    Ok("echo".to_owned())
}

fn turn(address: IpAddr) -> Arc<Mutex<()>> {
    static TURNS: Mutex<BTreeMap<IpAddr, Arc<Mutex<()>>>> = Mutex::new(BTreeMap::new());
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(turns.entry(address).or_default())
}

fn socket(type_: Type, protocol: Protocol, address: IpAddr) -> io::Result<UdpSocket> {
    let address = SocketAddr::new(address, 0);
    let socket = Socket::new(Domain::for_address(address), type_, Some(protocol))?;
    socket.bind(&address.into())?;
    // The standard library's socket that sends and receives datagrams, whatever they are.
    Ok(UdpSocket::from(socket))
}

/// Raw sockets of IPv4 give the IP header, too.
fn payload(packet: &[u8], family: IpAddr) -> &[u8] {
    let header = match (family, packet.first()) {
        (IpAddr::V4(_), Some(first)) => usize::from(first & 0x0f) * 4,
        _ => 0,
    };
    packet.get(header..).unwrap_or_default()
}

/// The first chunk of a packet, if it opens an association.
struct Chunk {
    from: u16,
    to: u16,
    kind: u8,
    tag: u32,
    text: String,
}

impl Chunk {
    fn read(packet: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes(packet.get(at..at + 2)?.try_into().ok()?));
        let tag = u32::from_be_bytes(packet.get(16..20)?.try_into().ok()?);
        let text = match word(FIXED + 2) {
            Some(length) => packet.get(FIXED + 4..FIXED + usize::from(length))?,
            None => &[],
        };
        Some(Self {
            from: word(0)?,
            to: word(2)?,
            kind: *packet.get(12)?,
            tag,
            text: String::from_utf8_lossy(text).into_owned(),
        })
    }
}

/// A packet of one INIT or INIT ACK; `tag` is the verification tag, zero with an INIT.
fn chunk(kind: u8, from: u16, to: u16, tag: u32, text: &str) -> Vec<u8> {
    let parameter = if text.is_empty() { 0 } else { 4 + text.len() };
    let mut packet = Vec::with_capacity(FIXED + parameter + 3);
    packet.extend(from.to_be_bytes());
    packet.extend(to.to_be_bytes());
    packet.extend(tag.to_be_bytes());
    packet.extend([0; 4]);
    packet.extend([kind, 0]);
    packet.extend((20 + parameter as u16).to_be_bytes());
    // Own tag, window, streams out and in, first sequence number.
    packet.extend(0x00dd_ba11_u32.to_be_bytes());
    packet.extend(65_536u32.to_be_bytes());
    packet.extend([0, 1, 0, 1]);
    packet.extend(1u32.to_be_bytes());
    if parameter > 0 {
        // State cookie.
        packet.extend([0, 7]);
        packet.extend((parameter as u16).to_be_bytes());
        packet.extend(text.as_bytes());
        packet.resize(packet.len().next_multiple_of(4), 0);
    }
    let checksum = crc32c(&packet);
    packet[8..12].copy_from_slice(&checksum.to_le_bytes());
    packet
}

fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0x82f6_3b78 & 0u32.wrapping_sub(crc & 1))
        })
    })
}
