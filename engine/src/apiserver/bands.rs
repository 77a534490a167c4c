//! Static and dynamic bands of the ranges that addresses and node ports are drawn from.
//!
//! What the API server picks itself comes from the dynamic band first, so that numbers picked by hand from the static
//! band rarely clash. Sources: `pkg/registry/core/service/ipallocator` and `portallocator`, `calculateRangeOffset`.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::packet::Family;

/// The addresses of a service range that can be given out, counted from 0, and where the dynamic band begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressBands {
    cidr: IpNet,
    /// How many addresses can be given out; at most 2⁶⁴ − 1 are counted.
    pub usable: u64,
    /// How many of them, from the first, are the static band.
    pub offset: u64,
}

/// The largest IPv6 range that the API server keeps account of has 64 bits of hosts.
const MOST_HOST_BITS: u8 = 64;

impl AddressBands {
    /// The bands of a range. The network's own address and, of IPv4, the broadcast address are never given out.
    pub fn of(cidr: IpNet) -> Self {
        let cidr = cidr.trunc();
        let host_bits = cidr.max_prefix_len() - cidr.prefix_len();
        let size: u128 = 1 << host_bits.min(MOST_HOST_BITS);
        let unusable = match Family::of(cidr.addr()) {
            Family::V4 => 2,
            Family::V6 => 1,
        };
        let usable = u64::try_from(size.saturating_sub(unusable)).unwrap_or(u64::MAX);
        // The offset is of the whole range, unusable addresses included.
        let offset = if size <= 16 {
            0
        } else {
            u64::try_from((size / 16).clamp(16, 256)).unwrap_or(256)
        };
        Self {
            cidr,
            usable,
            offset: offset.min(usable),
        }
    }

    /// The address with this number, from 0.
    pub fn address(self, number: u64) -> Option<IpAddr> {
        if number >= self.usable {
            return None;
        }
        let step = u128::from(number) + 1;
        match self.cidr.network() {
            IpAddr::V4(base) => {
                let sum = u128::from(u32::from(base)) + step;
                u32::try_from(sum).ok().map(|sum| IpAddr::V4(sum.into()))
            }
            IpAddr::V6(base) => u128::from(base)
                .checked_add(step)
                .map(|sum| IpAddr::V6(sum.into())),
        }
    }

    /// The number of an address; `None` if it is never given out.
    pub fn number(self, address: IpAddr) -> Option<u64> {
        let distance = match (self.cidr.network(), address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                u128::from(u32::from(address)).checked_sub(u32::from(base).into())?
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                u128::from(address).checked_sub(u128::from(base))?
            }
            _ => return None,
        };
        let number = u64::try_from(distance.checked_sub(1)?).ok()?;
        (number < self.usable).then_some(number)
    }

    /// The whole range.
    pub fn cidr(self) -> IpNet {
        self.cidr
    }

    /// First and last address of the static band, if there is one.
    pub fn static_band(self) -> Option<(IpAddr, IpAddr)> {
        self.band(0, self.offset)
    }

    /// First and last address of the dynamic band, if there is one.
    pub fn dynamic_band(self) -> Option<(IpAddr, IpAddr)> {
        self.band(self.offset, self.usable)
    }

    fn band(self, from: u64, to: u64) -> Option<(IpAddr, IpAddr)> {
        (from < to)
            .then(|| Some((self.address(from)?, self.address(to - 1)?)))
            .flatten()
    }
}

/// The node ports and where their dynamic band begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortBands {
    first: u16,
    /// How many ports there are.
    pub size: u32,
    /// How many of them, from the first, are the static band.
    pub offset: u32,
}

impl PortBands {
    /// The bands of a range of ports, from first to last.
    pub fn of((first, last): (u16, u16)) -> Self {
        let size = (u32::from(last) + 1).saturating_sub(u32::from(first));
        let offset = if size <= 16 {
            0
        } else {
            (size / 32).clamp(16, 128)
        };
        Self {
            first,
            size,
            offset: offset.min(size),
        }
    }

    /// The port with this number, from 0.
    pub fn port(self, number: u32) -> Option<u16> {
        (number < self.size)
            .then(|| u16::try_from(u32::from(self.first) + number).ok())
            .flatten()
    }

    /// The number of a port; `None` if it is not in the range.
    pub fn number(self, port: u16) -> Option<u32> {
        let number = u32::from(port).checked_sub(u32::from(self.first))?;
        (number < self.size).then_some(number)
    }

    /// Ports of the static band, if there is one.
    pub fn static_band(self) -> Option<RangeInclusive<u16>> {
        self.band(0, self.offset)
    }

    /// Ports of the dynamic band, if there is one.
    pub fn dynamic_band(self) -> Option<RangeInclusive<u16>> {
        self.band(self.offset, self.size)
    }

    /// All ports.
    pub fn range(self) -> Option<RangeInclusive<u16>> {
        self.band(0, self.size)
    }

    fn band(self, from: u32, to: u32) -> Option<RangeInclusive<u16>> {
        (from < to)
            .then(|| Some(self.port(from)?..=self.port(to - 1)?))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(cidr: &str) -> (u64, u64, String, String) {
        let bands = AddressBands::of(cidr.parse().unwrap());
        let text = |band: Option<(IpAddr, IpAddr)>| {
            band.map_or("none".to_owned(), |(from, to)| format!("{from}-{to}"))
        };
        (
            bands.usable,
            bands.offset,
            text(bands.static_band()),
            text(bands.dynamic_band()),
        )
    }

    #[test]
    fn the_static_band_is_a_sixteenth_between_16_and_256() {
        let of = |usable, offset, first: &str, second: &str| {
            (usable, offset, first.to_owned(), second.to_owned())
        };
        assert_eq!(
            addresses("10.96.0.0/20"),
            of(4094, 256, "10.96.0.1-10.96.1.0", "10.96.1.1-10.96.15.254")
        );
        assert_eq!(
            addresses("10.96.0.0/23"),
            of(510, 32, "10.96.0.1-10.96.0.32", "10.96.0.33-10.96.1.254")
        );
        assert_eq!(
            addresses("10.96.0.0/28"),
            of(14, 0, "none", "10.96.0.1-10.96.0.14")
        );
        assert_eq!(addresses("10.96.0.0/32").0, 0);
        assert_eq!(
            addresses("fd00::/112"),
            of(65535, 256, "fd00::1-fd00::100", "fd00::101-fd00::ffff")
        );
    }

    #[test]
    fn the_static_ports_are_a_thirtysecond_between_16_and_128() {
        let of = |range| {
            let bands = PortBands::of(range);
            (
                bands.size,
                bands.offset,
                bands.static_band(),
                bands.dynamic_band(),
            )
        };
        assert_eq!(
            of((30000, 32767)),
            (2768, 86, Some(30000..=30085), Some(30086..=32767))
        );
        assert_eq!(of((30000, 30009)), (10, 0, None, Some(30000..=30009)));
        assert_eq!(of((40000, 30000)), (0, 0, None, None));
    }
}
