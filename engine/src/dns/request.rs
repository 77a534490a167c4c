//! What a name in the zone asks for, from its labels alone.
//!
//! Source: coredns `plugin/kubernetes/parse.go`.

use super::lookup::NameError;

/// The labels left of a zone, taken apart.
pub(super) enum Request<'a> {
    /// The apex, `svc` or `pod`: they exist and hold nothing.
    Apex,
    /// `<namespace>.svc`, `<namespace>.pod`.
    Namespace(Kind, &'a str),
    Object {
        kind: Kind,
        namespace: &'a str,
        name: &'a str,
        below: Below<'a>,
    },
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Service,
    Pod,
}

/// The labels left of a Service's name.
#[derive(Clone, Copy)]
pub(super) enum Below<'a> {
    Nothing,
    Endpoint(&'a str),
    /// Two labels are always these, with or without underscores. Empty fits everything.
    Port {
        port: &'a str,
        protocol: &'a str,
    },
}

impl<'a> Request<'a> {
    pub(super) fn parse(labels: &'a str) -> Result<Self, NameError> {
        let mut labels = labels.rsplit('.').filter(|label| !label.is_empty());
        let kind = match labels.next() {
            None => return Ok(Self::Apex),
            Some("svc") => Kind::Service,
            Some("pod") => Kind::Pod,
            Some(_) => return Err(NameError),
        };
        let Some(namespace) = labels.next() else {
            return Ok(Self::Apex);
        };
        let Some(name) = labels.next() else {
            return Ok(Self::Namespace(kind, namespace));
        };
        let below = match (labels.next(), labels.next(), labels.next()) {
            (None, ..) => Below::Nothing,
            (Some(endpoint), None, _) => Below::Endpoint(endpoint),
            (Some(protocol), Some(port), None) => Below::Port {
                port: port.strip_prefix('_').unwrap_or(port),
                protocol: protocol.strip_prefix('_').unwrap_or(protocol),
            },
            (Some(_), Some(_), Some(_)) => return Err(NameError),
        };
        Ok(Self::Object {
            kind,
            namespace,
            name,
            below,
        })
    }
}

impl Below<'_> {
    pub(super) fn fits_port(self, name: &str, protocol: &str) -> bool {
        match self {
            Self::Nothing | Self::Endpoint(_) => true,
            Self::Port {
                port: wanted,
                protocol: wanted_protocol,
            } => {
                (wanted.is_empty() || wanted.eq_ignore_ascii_case(name))
                    && (wanted_protocol.is_empty()
                        || wanted_protocol.eq_ignore_ascii_case(protocol))
            }
        }
    }
}
