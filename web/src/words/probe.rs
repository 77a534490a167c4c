//! What to ask: from where, to where, which name, which port.

/// The bar.
pub const PROBE: &str = "Probe";
/// The field of what sends.
pub const FROM: &str = "From";
/// What can stand in it.
pub const FROM_EXAMPLES: &str = "pod/shop/client, node/NAME, outside";
/// The field of what it is sent to.
pub const TO: &str = "To";
/// What can stand in it.
pub const TO_EXAMPLES: &str = "http://web.shop, web:80, 10.96.0.10:53/udp, ping web";
/// A button.
pub const TURN_ROUND: &str = "Turn the probe round";
/// The same, in full.
pub const TURN_ROUND_MORE: &str = "Turn the probe round: from there to here";
/// The button that sends the packet.
pub const SEND: &str = "Send";
/// The list of earlier probes.
pub const RECENT: &str = "Probes that were sent";

/// The list below a field.
pub const SUGGESTIONS: &str = "Suggestions";
/// No suggestion holds what was written.
pub const NO_SUGGESTION: &str = "Nothing here has that name; it can be written all the same.";

/// A list of suggestions that is not whole.
pub fn narrow_down(offered: usize, total: usize) -> String {
    format!("{offered} of {total}: write to narrow them down")
}

/// What the page made of what was written.
pub fn read_as(read: &str) -> String {
    format!("Read as {read}")
}
