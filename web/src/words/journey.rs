//! An answer and its journeys: verdict, steps, branches, what a step holds, why.

use std::fmt::Display;

/// The answer stands beside what it was.
pub const COMPARED: &str = "Mended: the answer before, and the answer now.";
/// Above the answer as it is.
pub const NOW: &str = "Now";

/// What is true of an answer's packets alone.
pub fn worth_knowing(count: usize) -> String {
    format!("Worth knowing of this packet ({count})")
}

// Before there is an answer.
/// What to do.
pub const CHOOSE: &str = "Choose where a packet starts and where it goes, then send it. A Pod or a node on the map fills “From”, a Service fills “To”.";
/// The probe says nothing that can be sent.
pub const UNREADABLE: &str = "This probe cannot be read";
/// An answer without a step.
pub const NOTHING_SENT: &str = "Nothing is sent";

// The transport.
/// Group of the transport's buttons.
pub const JOURNEY: &str = "Journey";
/// A button.
pub const PLAY: &str = "Play";
/// A button.
pub const PAUSE: &str = "Pause";
/// A button.
pub const FIRST_STEP: &str = "First step";
/// A button.
pub const STEP_BACK: &str = "Step back";
/// A button.
pub const NEXT_STEP: &str = "Next step";
/// A button.
pub const LAST_STEP: &str = "Last step";
/// The slider of steps, and the card of the step that is shown.
pub const STEP: &str = "Step";
/// A button.
pub const SPEED: &str = "Speed";
/// The row of tabs.
pub const BELOW_THE_MAP: &str = "Below the map";

// The answer.
/// The list of steps.
pub const STEPS: &str = "Steps of the journey";
/// Before the first step that is another one than in the answer beside it.
pub const FROM_HERE_ON: &str = "From here on it differs: ";
/// A button.
pub const BACK_TO_OWN_MODE: &str = "Back to this cluster’s mode";
/// The findings that an answer rests on.
pub const WHY: &str = "Why";
/// A button.
pub const CLOSE_COMPARISON: &str = "Close the comparison";

// The card of a step.
/// Above the lines of manifests that decide the step.
pub const BECAUSE_OF: &str = "Because of";
/// A step that is assumed.
pub const ASSUMED_MORE: &str =
    "It rests on something that no manifest says: an address, a placement, the network.";
/// A step of which nobody knows how it ends.
pub const UNKNOWABLE: &str = "? unknowable";
/// The same, in full.
pub const UNKNOWABLE_MORE: &str = "No manifest can tell.";
/// Below a command that does not work as it stands.
pub const COMMAND_ASSUMED: &str =
    "An address or a name in it is assumed: put your cluster’s own in its place.";
/// Below the first command that runs in a Pod.
pub const COMMAND_WITHOUT_TOOL: &str = "Where an image lacks the tool or a shell, `kubectl debug -it POD --image=nicolaka/netshoot` brings both into the Pod.";
/// Above the header of a packet.
pub const PACKET: &str = "Packet";
/// Above the header of a packet that the step rewrites.
pub const PACKET_CHANGES: &str = "Packet, before → after";
/// A row of the header.
pub const SOURCE: &str = "source";
/// A row of the header.
pub const DESTINATION: &str = "destination";
/// A row of the header.
pub const PROTOCOL: &str = "protocol";
/// A link.
pub const ALL_RULES: &str = "All rules of this node";

// Connection tracking.
/// Nothing was sent.
pub const NO_CONNECTIONS: &str =
    "Send a packet, and what each node remembers of its connection stands here.";
/// No node has seen the packet.
pub const NOTHING_TRACKED: &str = "No node has seen the packet yet: no table holds anything.";

// DNS.
/// The probe holds no name.
pub const NO_NAME: &str = "This probe goes to an address: no name is resolved.";
/// Nothing was sent.
pub const NO_LOOKUP: &str = "Send a packet to a name, and every query stands here with its answer.";
/// What a name leads to.
pub const NO_ADDRESS: &str = "has no address";
/// Over the table.
pub const QUERIES: &str = "Queries, in the order in which they are sent";
/// A column.
pub const QUERY_NAME: &str = "Name";
/// A column: what completed the name.
pub const QUERY_MADE_WITH: &str = "Made with";
/// A column.
pub const QUERY_TYPE: &str = "Type";
/// A column.
pub const QUERY_ANSWER: &str = "Answer";
/// A column.
pub const QUERY_RECORDS: &str = "Records";
/// Over the table.
pub const RESOLV_CONF: &str = "The sender’s resolv.conf";
/// In its place: the sender is outside.
pub const RESOLVER_OUTSIDE: &str =
    "The sender is outside: how it resolves names is not in the manifests.";
/// In its place: the sender has its node's.
pub const RESOLVER_OF_NODE: &str =
    "The sender goes by its node’s resolv.conf, which is not in the manifests.";
/// In the place of the table.
pub const NO_QUERY: &str = "No query to the cluster’s DNS.";
/// A mark of a nameserver.
pub const NAMESERVER_ASKED: &str = "asked";
/// A mark of a search domain.
pub const SEARCH_TRIED: &str = "tried";
/// The name was not completed.
pub const AS_IT_STANDS: &str = "as it stands";

/// Another mode's journey stands in place of the cluster's own.
pub fn as_if(mode: &str) -> String {
    format!("As if kube-proxy ran in mode {mode}.")
}

/// How fast steps follow each other.
pub fn speed(speed: &str) -> String {
    format!("Speed {speed}")
}

/// Which step is shown.
pub fn position(step: usize, steps: usize) -> String {
    format!("{step} of {steps}")
}

/// Above the rules of a step.
pub fn rules_met(count: u64) -> String {
    format!("Rules that it met: {count}")
}

/// A rule whose text is not known.
pub fn rule(table: &str, chain: &str, number: u32) -> String {
    format!("{table} {chain} rule {number}")
}

/// Rules of a chain that did not match.
pub fn passed_over(count: u32, chain: &str) -> String {
    match count {
        1 => format!("1 rule of {chain} passed over"),
        several => format!("{several} rules of {chain} passed over"),
    }
}

/// Why a rule did not match.
pub fn not_met(why: &str) -> String {
    format!("not met: {why}")
}

/// The only way has several ends.
pub fn one_of_ends(ends: usize) -> String {
    format!("Packets on this way are spread over {ends} ends. Show all")
}

/// There are other ways.
pub fn one_of_ways(share: &str, ends_where: Option<&str>, ways: usize) -> String {
    let end = ends_where.map(|ends| format!(" and end {ends}"));
    let end = end.unwrap_or_default();
    format!("{share} of the packets go this way{end}. Show all {ways} ways")
}

/// When the connections are as shown.
pub fn after_step(step: &str) -> String {
    format!(
        "After \u{201c}{step}\u{201d}. Timeouts and the state of TCP depend on time, and are left out."
    )
}

/// A name that is answered outside of the cluster.
pub fn leads_out_as(name: &str) -> String {
    format!("leads out of the cluster as {name}")
}

/// The search domain that completed the name.
pub fn made_with_search(search: impl Display) -> String {
    format!("search {search}")
}

/// A way that leads to several endpoints.
pub fn one_of_endpoints(count: usize) -> String {
    format!("one of {count} endpoints")
}
