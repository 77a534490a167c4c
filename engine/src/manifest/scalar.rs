//! What an unquoted scalar means to kubectl: the rules of go-yaml v2, which `sigs.k8s.io/yaml` reads with.
//!
//! Not YAML 1.2's core schema: `y`, `no` and `off` are booleans, `014` is octal, `1_000` is a thousand. Timestamps are
//! recognised there and then handed on as text, so here they are text.

/// The value of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar<'t> {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    UInt(u64),
    Float(f64),
    String(&'t str),
}

/// Reads an unquoted scalar (go-yaml v2: resolve.go).
pub(super) fn resolve(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Scalar::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => dotted(text),
        b'0'..=b'9' | b'+' | b'-' => number(text),
        _ => Scalar::String(text),
    }
}

fn word(text: &str) -> Scalar<'_> {
    match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        _ => Scalar::String(text),
    }
}

fn dotted(text: &str) -> Scalar<'_> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" => Scalar::Float(f64::INFINITY),
        _ if is_float(text) => float(text, text),
        _ => Scalar::String(text),
    }
}

fn number(text: &str) -> Scalar<'_> {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let without_separators;
    let digits = if text.contains('_') {
        // A date with underscores is no date, so nothing is lost by taking them out first.
        without_separators = text.replace('_', "");
        without_separators.as_str()
    } else {
        text
    };
    if let Some(integer) = integer(digits) {
        return match i64::try_from(integer) {
            Ok(integer) => Scalar::Int(integer),
            Err(_) => u64::try_from(integer)
                .map(Scalar::UInt)
                // go-yaml keeps a big integer, which becomes a JSON number of any length.
                .unwrap_or(Scalar::Float(integer as f64)),
        };
    }
    if is_float(digits) {
        return float(digits, text);
    }
    Scalar::String(text)
}

/// `strconv.ParseInt` with base 0: the prefix says the base, a leading zero means octal.
fn integer(digits: &str) -> Option<i128> {
    let (negative, unsigned) = match digits.as_bytes().first()? {
        b'-' => (true, &digits[1..]),
        b'+' => (false, &digits[1..]),
        _ => (false, digits),
    };
    let (base, magnitude) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    // `from_str_radix` would take a second sign.
    if !magnitude.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from_str_radix(magnitude, base).ok()?;
    Some(if negative { -value } else { value })
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_holds = match (whole.is_empty(), fraction) {
        (true, fraction) => fraction.is_some_and(|part| !part.is_empty() && digits(part)),
        (false, fraction) => digits(whole) && fraction.is_none_or(digits),
    };
    let exponent_holds = exponent.is_none_or(|exponent| {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !unsigned.is_empty() && digits(unsigned)
    });
    mantissa_holds && exponent_holds
}

fn float<'t>(digits: &str, text: &'t str) -> Scalar<'t> {
    match digits.parse::<f64>() {
        // `strconv.ParseFloat` refuses what overflows, and the text stays text.
        Ok(value) if value.is_finite() => Scalar::Float(value),
        _ => Scalar::String(text),
    }
}
