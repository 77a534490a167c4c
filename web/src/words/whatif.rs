//! What if: changes to the cluster that stand in no manifest.

use super::counted;

// The list of changes.
/// The list and its buttons.
pub const CHANGES: &str = "Changes";
/// Nothing is on the list.
pub const NO_CHANGES: &str = "What if a Pod were not ready, a node drained, a workload larger? Add a change here, or in the menu of a shape on the map. The manifests stay as they are.";
/// The list.
pub const LIST: &str = "List of changes";
/// A heading.
pub const NOT_IN_MANIFEST: &str = "Changes, not in the manifest";
/// Buttons of the list.
pub const TOOLS: &str = "The list of changes";
/// A button.
pub const UNDO: &str = "Undo";
/// The same, in full.
pub const UNDO_MORE: &str = "Take back the last edit of this list (Ctrl+Z)";
/// A button.
pub const REDO: &str = "Redo";
/// The same, in full.
pub const REDO_MORE: &str = "Do it again (Ctrl+Shift+Z)";
/// A button.
pub const ALL_OFF: &str = "All off";
/// A button.
pub const ALL_ON: &str = "All on";
/// The same, in full.
pub const ALL_OFF_MORE: &str = "Changes that are off stay on the list and do nothing";
/// A button.
pub const CLEAR: &str = "Clear";
/// The same, in full.
pub const CLEAR_MORE: &str = "Take all changes off the list";
/// A button of a change.
pub const REMOVE: &str = "Remove";
/// Of a change.
pub const UNMET: &str = "There is no such object in the manifests: this change does nothing.";
/// A button.
pub const KEEP: &str = "Keep as an option";
/// The same, in full.
pub const KEEP_MORE: &str =
    "No manifest says it: an option of the simulated cluster, in links and workspaces";
/// A button.
pub const WRITE: &str = "Write into the manifest";

// A new change.
/// The form.
pub const ADD_CHANGE: &str = "Add a change";
/// A field.
pub const OBJECT: &str = "Object that changes";
/// What can stand in it.
pub const OBJECT_EXAMPLES: &str = "pod/…, node/…, deployment/…";
/// It holds what is no object.
pub const NO_OBJECT: &str = "Write an object as kind/namespace/name, or choose one from the list.";
/// The list of what can become of the object.
pub const BECOMES: &str = "What becomes of it";
/// A field.
pub const REPLICAS: &str = "Replicas";
/// The same, as long as it is empty.
pub const REPLICAS_EMPTY: &str = "replicas";
/// A button.
pub const ADD: &str = "Add";
/// What becomes of a Pod or a node.
pub const NOT_READY: &str = "is not ready";
/// What becomes of a Pod.
pub const TERMINATING: &str = "is terminating";
/// What becomes of a Pod or a node.
pub const GONE: &str = "is gone";
/// What becomes of a node.
pub const CUT_OFF: &str = "is cut off";
/// What becomes of a node.
pub const CORDONED: &str = "is cordoned";
/// What becomes of a node.
pub const DRAINED: &str = "is drained";
/// What becomes of a node.
pub const ENTRY: &str = "is where outside traffic enters";
/// A button.
pub const SCALE: &str = "Scale";
/// A button of a Service.
pub const WHICH_TYPE: &str = "Which type should this be?";

// Settings of the cluster: a label, and values that complete it.
/// A heading.
pub const CLUSTER: &str = "Cluster";
/// A label; a mode follows.
pub const MODE: &str = "kube-proxy runs as";
/// A label.
pub const EGRESS: &str = "Pod traffic leaves";
/// A value of it.
pub const MASQUERADED: &str = "masqueraded";
/// A value of it.
pub const ROUTED: &str = "as it is";
/// A label.
pub const LOAD_BALANCER: &str = "Load balancers by";
/// A value of it.
pub const CLOUD: &str = "a cloud";
/// A value of it.
pub const CLOUD_PROXY: &str = "a cloud, as a proxy";
/// A value of it.
pub const NOBODY: &str = "nobody";
/// A label; a node follows.
pub const ENTRY_NODE: &str = "Outside traffic enters by";
/// A value of it.
pub const ANY_NODE: &str = "any node";
/// Before the label of what is changed.
pub const CHANGED: &str = "changed: ";

// The bar above the map.
/// A button: the cluster that is written.
pub const AS_WRITTEN: &str = "As written";
/// A button beside it: the cluster with the changes.
pub const WITH_CHANGES: &str = "Changed";
/// A button.
pub const SIDE_BY_SIDE: &str = "Before | after";
/// What the button does.
pub const UNDO_LAST: &str = "Undo the last change";
/// A button.
pub const TURN_ON: &str = "Turn on";
/// What it does.
pub const TURN_ON_ALL: &str = "Turn on all changes";
/// What the button does.
pub const CLEAR_ALL: &str = "Clear all changes";
/// Between two verdicts.
pub const BECOMES_VERDICT: &str = "becomes";
/// The verdict is the same.
pub const ANOTHER_WAY: &str = "by another way, or in other shares";
/// All is the same.
pub const AS_BEFORE: &str = "just as before";

// The answer before and after.
/// The part with both.
pub const BEFORE_AND_AFTER: &str = "Before and after";
/// Before anything was sent.
pub const NOTHING_SENT: &str =
    "Send a packet, and its answer before and after the changes stands here.";
/// No change is on.
pub const NOTHING_CHANGED: &str = "Nothing is changed: the answer is what the manifests give.";
/// The probe says nothing that can be sent.
pub const UNREADABLE: &str = "This probe cannot be read.";
/// Nothing differs.
pub const FARES_AS_BEFORE: &str = "Every packet fares as before.";
/// Above an answer.
pub const BEFORE_MORE: &str = "Before, as written";
/// Above an answer.
pub const AFTER_MORE: &str = "After, as changed";
/// Over the table.
pub const ENDS: &str = "Where packets end";
/// A column.
pub const ENDS_AT: &str = "Packets end at";
/// A column.
pub const AFTER: &str = "After";
/// In the place of a share.
pub const NO_PACKET: &str = "none";

/// A button of a change, in full.
pub fn remove(change: &str) -> String {
    format!("Remove: {change}")
}

/// Why a change cannot be written into the manifest.
pub fn cannot_be_written(why: &str) -> String {
    format!("Cannot be written: {why}")
}

/// What the changes came to.
pub fn differing(objects: usize) -> String {
    match objects {
        1 => "1 object differs from the manifests".to_owned(),
        objects => format!("{objects} objects differ from the manifests"),
    }
}

/// A field: how many Pods a workload has.
pub fn replicas_of(workload: &str) -> String {
    format!("Replicas of {workload}")
}

/// How many changes there are, and how many of them are on.
pub fn in_force(on: usize, all: usize) -> String {
    let count = |changes| counted(changes, "change", "changes");
    match on {
        0 => format!("{}, turned off: the map shows what is written", count(all)),
        on if on < all => format!("{}, not in the manifest; {} off", count(on), all - on),
        on => format!("{}, not in the manifest", count(on)),
    }
}

/// The map shows the cluster without the changes that are on.
pub fn without(on: usize) -> String {
    let changes = counted(on, "change", "changes");
    format!("The map shows what is written, without {changes}")
}

/// The rest of the table.
pub fn more_ends(count: usize) -> String {
    format!("and {count} more ends")
}

/// The sender is not there with the changes, nor any other Pod of its workload.
pub fn sender_gone(sender: &str) -> String {
    format!("The changes take the sender away: there is no Pod {sender} any more.")
}

/// The sender is not there with the changes, but its workload has another Pod.
pub fn sender_moved(sender: &str, other: &str) -> String {
    format!("The changes take the sender away: Pod {other} sends in place of Pod {sender}.")
}

// What can become of what is chosen: buttons.
/// Of a Pod or a node.
pub const MAKE_NOT_READY: &str = "Not ready";
/// Of a Pod.
pub const MAKE_TERMINATING: &str = "Terminating";
/// Of a Pod or a node.
pub const MAKE_GONE: &str = "Gone";
/// Of a node.
pub const CUT_IT_OFF: &str = "Cut off";
/// Of a node.
pub const CORDON: &str = "Cordoned";
/// Of a node.
pub const DRAIN: &str = "Drained";
/// Of a node.
pub const ENTERS_HERE: &str = "Outside traffic enters here";

/// What is to be known of every answer: the first changes, and how many more there are.
pub fn caveat(changes: &[String], more: usize) -> String {
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!(
        "What if, and not in the manifests: {}{more}.",
        changes.join("; ")
    )
}

/// Of a shape that several Pods share.
pub fn pods_changed(count: usize) -> String {
    format!("{count} of these Pods are not as written")
}

/// A change could be written down, were it known where.
pub const NO_PLACE: &str = "The place to write it cannot be found.";
