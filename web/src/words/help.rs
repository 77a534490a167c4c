//! The help: keys, shapes.

/// The help.
pub const HELP: &str = "Help";
/// What the page is for.
pub const WHAT_IT_IS: &str = "Paste manifests, choose where a packet starts and where it goes, and follow it. The cluster is simulated in this tab; nothing you paste leaves it.";
/// A heading.
pub const KEYS: &str = "Keys";
/// A heading.
pub const SHAPES_TITLE: &str = "Shapes";
/// A button.
pub const PRIVACY: &str = "Privacy and licences";

/// What is seen or pressed, and what it means.
pub type Line = (&'static str, &'static str);

// Keys.
/// Two keys.
pub const STEP: Line = ("← →", "step back, next step");
/// Two keys, as a presenter's remote has them.
pub const STEP_PRESENTING: Line = ("PageUp PageDown", "the same, for presenters");
/// Two keys.
pub const ENDS: Line = ("Home End", "first step, last step");
/// Two keys.
pub const PLAY: Line = ("Space P", "play or pause");
/// A key.
pub const SEND: Line = ("S", "send the packet again");
/// A key.
pub const SEARCH: Line = ("/", "search");
/// A key.
pub const WORKSPACES: Line = ("W", "workspaces");
/// A key.
pub const SHARE: Line = ("E", "share and export");
/// A key.
pub const THIS: Line = ("?", "this help");
/// A key.
pub const INSIDE: Line = ("o", "open the node that the packet is on");
/// A key.
pub const CLOSE: Line = ("Esc", "close a dialog, a list, a notice, what is chosen");
/// Two keys at once.
pub const UNDO: Line = (
    "Ctrl+Z",
    "take back the last what if, outside of the editor",
);
/// Four keys.
pub const TO_SHAPE: Line = ("arrows on the map", "from shape to shape");
/// The same with another one; it follows the line above.
pub const MOVE: Line = ("Shift and arrows there", "move the map");
/// A key that is held; it follows the line above.
pub const HOLD: Line = ("Space and drag there", "move the map, wherever it is held");
/// A key.
pub const NEAR: Line = (
    "z on the map",
    "show what is chosen, and where its wires lead",
);
/// Three keys.
pub const ZOOM: Line = ("+ − 0", "zoom, show all");
/// A key.
pub const CHOOSE: Line = ("Enter on a shape", "choose it");
/// Two keys.
pub const FROM_TO: Line = ("f, t on the map", "send from here, send to here");
/// A key.
pub const FOLD: Line = ("u on the map", "unfold, fold");
/// A key.
pub const WIRES: Line = (
    "d on the map",
    "the wires of a shape, one by one; Enter goes where one leads, Esc back",
);
/// Two keys.
pub const LEAVE_EDITOR: Line = ("Esc, then Tab", "leave the editor");

/// Shapes of the map.
pub const SHAPES: [Line; 7] = [
    (
        "card",
        "a Service; the small socket is where its wires leave",
    ),
    (
        "dashed card",
        "a headless Service: it has no address of its own",
    ),
    (
        "capsule with a dot",
        "a Pod; hollow dot: not ready; cross: on no node",
    ),
    ("stacked capsule", "several Pods of one workload"),
    (
        "dashed underline",
        "assumed: a real cluster may have another value",
    ),
    ("red cross", "nothing that is sent there arrives"),
    (
        "≠ at a corner",
        "changed by what if: not as in the manifests",
    ),
];
