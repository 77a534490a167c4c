//! Around the panels: header, editor, tabs, what is shown before there is anything, and when something broke.

use std::{fmt::Display, time::Duration};

use switchboard_engine::KUBERNETES;

use super::{common::PRODUCT, counted};
use crate::{protocol::Summary, worker_client::Failure};

// The header.
/// A button.
pub const WORKSHOPS: &str = "Workshops";
/// The list of samples, to a screen reader.
pub const SAMPLE: &str = "Sample";
/// The same, as long as none is open.
pub const SAMPLES: &str = "Samples";
/// A button.
pub const OPEN_FILES: &str = "Open files";
/// What it opens.
pub const FILE_KINDS: &str = "YAML or JSON";
/// What the button of workspaces does, with its key.
pub const WORKSPACES_KEY: &str = "Workspaces (W)";
/// A link, where the page stands in another one.
pub const OPEN_WHOLE: &str = "Open in Switchboard";
/// A button.
pub const SHARE: &str = "Share";
/// What it does, with its key.
pub const SHARE_KEY: &str = "Share and export (E)";
/// A button.
pub const LIGHT_THEME: &str = "Light theme";
/// A button.
pub const DARK_THEME: &str = "Dark theme";
/// A button.
pub const HELP: &str = "Help";
/// The same with its key.
pub const HELP_KEY: &str = "Help (?)";

// Parts of the page, to a screen reader.
/// The part with the editor, and the editor.
pub const MANIFESTS: &str = "Manifests";
/// The part with map and journey.
pub const CLUSTER: &str = "Cluster";
/// The part below the map.
pub const PROBE_AND_JOURNEY: &str = "Probe and journey";
/// Which part a narrow screen shows.
pub const PANELS: &str = "Panels";
/// A bar that can be moved.
pub const FINDINGS_HEIGHT: &str = "Height of the findings";
/// A bar that can be moved.
pub const MANIFESTS_WIDTH: &str = "Width of the manifests";
/// A bar that can be moved.
pub const JOURNEY_HEIGHT: &str = "Height of the journey";
/// While a file is held over the page.
pub const DROP: &str = "Drop to open";

// The tabs, and in a narrow window the panels.
/// A tab, and a panel.
pub const JOURNEY: &str = "Journey";
/// A tab.
pub const TAB_PROBES: &str = "Probes";
/// A tab.
pub const TAB_DNS: &str = "DNS";
/// A tab.
pub const TAB_RULES: &str = "Rules";
/// A tab.
pub const TAB_SLICES: &str = "EndpointSlices";
/// A tab.
pub const TAB_BRANCHES: &str = "Branches";
/// A tab.
pub const TAB_MODES: &str = "Modes";
/// A tab.
pub const TAB_CONNECTIONS: &str = "Connections";
/// A tab.
pub const TAB_YAML: &str = "YAML";
/// A tab.
pub const TAB_TYPES: &str = "Types";
/// A panel.
pub const LESSON: &str = "Lesson";
/// A panel.
pub const MAP: &str = "Map";

// The editor.
/// As long as it is empty.
pub const PASTE_HERE: &str = "Paste Kubernetes manifests here, or drop files";
/// Its files.
pub const FILES: &str = "Files";
/// A button that takes all files away.
pub const CLEAR: &str = "Clear";

// In the place of the map.
/// While manifests are read.
pub const READING: &str = "Reading the manifests …";
/// Nothing is written.
pub const PASTE: &str = "Paste your manifests";
/// The same, in full.
pub const PASTE_MORE: &str = "YAML or JSON, one file or many: Services, Deployments, Pods, or the output of “kubectl get all,endpointslices,nodes -A -o yaml”. You can also drop files anywhere on this page. Nothing leaves your browser.";
/// Nothing could be read.
pub const NO_MANIFEST: &str = "This text holds no manifest";
/// There are only objects that the map does not show.
pub const NOTHING_DRAWN: &str = "No Service and no workload in here";
/// The same, in full.
pub const NOTHING_DRAWN_MORE: &str = "The map is drawn from Services, workloads, Pods and EndpointSlices. Other kinds are listed among the findings.";
/// There is nothing that sends or receives.
pub const NOTHING_FOUND: &str = "No Service and no Pod in here";
/// The same, in full.
pub const NOTHING_FOUND_MORE: &str = "There are objects, but none that a packet could find. Add a Service and the workload that it selects.";
/// Only problems are shown, and there are none.
pub const NO_PROBLEMS: &str = "No problems";
/// The same, in full.
pub const NO_PROBLEMS_MORE: &str = "No Service and no Pod has an error or a warning.";
/// The filter hides everything.
pub const FILTERED: &str = "Nothing matches the filter";
/// The same, in full.
pub const FILTERED_MORE: &str = "No Service or Pod is left to draw.";
/// A button that ends the filter.
pub const SHOW_EVERYTHING: &str = "Show everything";
/// Above the samples.
pub const BEGIN_WITH_SAMPLE: &str = "Or begin with a sample:";

// Notices.
/// Somebody waits for the engine.
pub const ENGINE_COMES: &str =
    "The engine is loading. What you asked is answered as soon as it is here.";
/// The engine did not come.
pub const ENGINE_MISSING: &str = "The engine could not be loaded, and nothing new is answered without it. Check the connection and try again; if that does not help, reload the page.";
/// A button: the engine is fetched once more.
pub const TRY_AGAIN: &str = "Try again";
/// A button: the newer version.
pub const RELOAD: &str = "Reload";
/// A button: what to tell the makers.
pub const REPORT: &str = "Report";
/// A button.
pub const DISMISS: &str = "Dismiss";

// The report of a crash.
/// The dialog.
pub const REPORT_TITLE: &str = "Report of the crash";
/// What happens with it.
pub const REPORT_MORE: &str =
    "This is all that the report holds. Nothing is sent: copy it to where you want it.";
/// A box to check.
pub const WITH_MANIFESTS: &str = "With my manifests (without the values of Secrets)";
/// A button.
pub const COPY_REPORT: &str = "Copy the report";

/// How many errors there are, and the name of the page: its title.
pub fn title(errors: u32) -> String {
    match errors {
        0 => PRODUCT.to_owned(),
        errors => format!("({errors}) {PRODUCT}"),
    }
}

/// The button of workspaces.
pub fn workspaces(shown: &str) -> String {
    format!("Workspaces: {shown}")
}

/// What there is.
pub fn summary(summary: &Summary) -> String {
    let nodes = counted(summary.nodes as usize, "node", "nodes");
    let nodes = if summary.nodes_assumed {
        format!("{nodes} (assumed)")
    } else {
        nodes
    };
    [
        counted(summary.services as usize, "Service", "Services"),
        counted(summary.pods as usize, "Pod", "Pods"),
        nodes,
        format!("{}, Kubernetes {KUBERNETES}", summary.proxy_mode),
    ]
    .join(" · ")
}

/// A button of a file.
pub fn close_file(name: &str) -> String {
    format!("Close {name}")
}

/// Why nothing could be read.
pub fn no_manifest_more(reason: &str) -> String {
    format!("{reason} The findings below the editor say where.")
}

/// The engine ended. The text that it was reading, if it was, would end the next one as well.
pub fn engine_ended(failure: &Failure, was_reading: bool, restarted: bool) -> String {
    let what = match (failure, was_reading) {
        (Failure::Crashed(_), false) => "The engine stopped unexpectedly.".to_owned(),
        (Failure::Crashed(_), true) => {
            "The engine stopped unexpectedly while it read these manifests.".to_owned()
        }
        (Failure::OverBudget(budget), false) => format!(
            "The engine took longer than {} s and was ended.",
            budget.as_secs()
        ),
        (Failure::OverBudget(budget), true) => format!(
            "The engine took longer than {} s to read these manifests and was ended.",
            budget.as_secs()
        ),
    };
    let now = match (restarted, was_reading) {
        (false, _) => "It does not start any more; your text is kept. Reload the page.",
        (true, true) => "It was started again; your text is kept. Change it to try again.",
        (true, false) => "It was started again; your text is kept.",
    };
    format!("{what} {now}")
}

/// In the report: where it crashed.
pub fn crashed_at(place: Option<&str>) -> String {
    format!("The engine crashed: {}", place.unwrap_or("not a panic"))
}

/// In the report: it took too long.
pub fn ended_after(budget: Duration) -> String {
    format!("The engine was ended after {} s", budget.as_secs())
}

/// In the report: what happened, and what the engine was asked.
pub fn during(what: &str, question: Option<&str>) -> String {
    format!("{what}\nQuestion: {}", question.unwrap_or("no question"))
}

/// The report, without manifests.
pub fn report(
    crash: Option<&str>,
    build: &str,
    browser: &str,
    files: usize,
    bytes: usize,
) -> String {
    let crash = crash.unwrap_or("No crash was seen.");
    format!("{crash}\nBuild: {build}\nBrowser: {browser}\nFiles: {files}, {bytes} bytes")
}

/// A path that the page does not ask for.
pub fn no_path(path: &str) -> String {
    format!("`{path}` is no path of a .md file beside this page.")
}

/// There is no such file.
pub fn nothing_at(path: &str) -> String {
    format!("There is no {path} beside this page.")
}

/// What came from the engine is no answer.
pub fn no_answer(error: impl Display) -> String {
    format!("not an answer: {error}")
}

/// The engine did not come.
pub const SCRIPT_LOST: &str = "the worker's script could not be loaded";
