//! Workspaces: texts with a name, kept in this browser. Each is two entries, so that no list has to be kept in step
//! between tabs: `switchboard.name.ID` (a few words) and `switchboard.text.ID` (all of it).
//!
//! Two tabs may show one workspace. Each remembers the stamp of what it read or wrote last; whoever finds another
//! stamp writes beside it instead of over it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use switchboard_engine::order::Order;

const NAMES: &str = "switchboard.name.";
const TEXTS: &str = "switchboard.text.";

/// Where things are kept: `localStorage`, or a map in tests.
pub trait Store {
    /// The entry of that key.
    fn get(&self, key: &str) -> Option<String>;
    /// Writes it; `false`: there is no room.
    fn set(&self, key: &str, value: &str) -> bool;
    /// Takes it away.
    fn remove(&self, key: &str);
    /// All keys, in any order.
    fn keys(&self) -> Vec<String>;
}

/// What a list of workspaces shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Never shown.
    #[serde(skip)]
    pub id: String,
    /// Chosen by the person.
    pub name: String,
    /// When it was last written, in milliseconds since 1970.
    pub changed: f64,
    /// Who wrote it last, and when: another after every change of the text.
    pub stamp: String,
    /// It is a sample as it came: nobody's work.
    #[serde(default)]
    pub is_sample: bool,
}

/// What the person does with workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Look what there is.
    List,
    /// Begin an empty one.
    New,
    /// Show it.
    Open(String),
    /// Give it another name.
    Rename(String, String),
    /// Make another like it.
    Duplicate(String),
    /// Take it away for good.
    Delete(String),
}

/// All of them, the newest first.
pub fn list(store: &impl Store) -> Vec<Entry> {
    let mut entries: Vec<Entry> = store
        .keys()
        .iter()
        .filter_map(|key| entry(store, key.strip_prefix(NAMES)?))
        .collect();
    entries.order_by(|a, b| {
        let newest_first = b.changed.total_cmp(&a.changed);
        newest_first.then_with(|| a.id.cmp(&b.id))
    });
    entries
}

/// One of them.
pub fn entry(store: &impl Store, id: &str) -> Option<Entry> {
    let text = store.get(&format!("{NAMES}{id}"))?;
    let entry: Entry = serde_json::from_str(&text).ok()?;
    Some(Entry {
        id: id.to_owned(),
        ..entry
    })
}

/// What one of them holds.
pub fn read<T: DeserializeOwned>(store: &impl Store, id: &str) -> Option<T> {
    serde_json::from_str(&store.get(&format!("{TEXTS}{id}"))?).ok()
}

/// There was no room. What was there before is still there.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

/// What became of a workspace that was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It is kept.
    Here(Entry),
    /// Another tab had written meanwhile: it is kept beside that, under this name.
    Beside(Entry),
}

/// Writes a workspace. `mine` is how this tab knows it; `fresh`, an unused id, is taken where it must not be
/// overwritten, and is the stamp's begin. What is there already is not written again: to look at a workspace is no
/// change that another tab would have to step aside for.
///
/// # Errors
/// There is no room.
pub fn write(
    store: &impl Store,
    mine: &Entry,
    text: &str,
    fresh: &str,
    now: f64,
) -> Result<Written, Full> {
    let there = entry(store, &mine.id);
    if let Some(there) = &there
        && there.is_sample == mine.is_sample
        && store.get(&format!("{TEXTS}{}", mine.id)).as_deref() == Some(text)
    {
        return Ok(Written::Here(there.clone()));
    }
    let is_foreign = there
        .as_ref()
        .is_some_and(|there| there.stamp != mine.stamp);
    let name = there.map_or_else(|| mine.name.clone(), |there| there.name);
    let written = Entry {
        id: if is_foreign { fresh } else { &mine.id }.to_owned(),
        name: if is_foreign {
            free_name(store, &name)
        } else {
            name
        },
        changed: now,
        stamp: format!("{fresh}.{now}"),
        is_sample: mine.is_sample,
    };
    // The text first: a name without a text would be an empty promise.
    if !store.set(&format!("{TEXTS}{}", written.id), text) {
        return Err(Full);
    }
    if !write_entry(store, &written) {
        if is_foreign {
            store.remove(&format!("{TEXTS}{}", written.id));
        }
        return Err(Full);
    }
    Ok(if is_foreign {
        Written::Beside(written)
    } else {
        Written::Here(written)
    })
}

/// Gives it another name.
pub fn rename(store: &impl Store, id: &str, name: &str) -> bool {
    entry(store, id).is_some_and(|entry| {
        write_entry(
            store,
            &Entry {
                name: name.to_owned(),
                ..entry
            },
        )
    })
}

/// A second one like it, called `fresh`.
///
/// # Errors
/// There is no room.
pub fn duplicate(store: &impl Store, id: &str, fresh: &str, now: f64) -> Result<(), Full> {
    let (Some(entry), Some(text)) = (entry(store, id), store.get(&format!("{TEXTS}{id}"))) else {
        return Ok(());
    };
    let copy = Entry {
        id: fresh.to_owned(),
        name: free_name(store, &entry.name),
        changed: now,
        stamp: format!("{fresh}.{now}"),
        is_sample: false,
    };
    if !store.set(&format!("{TEXTS}{fresh}"), &text) {
        return Err(Full);
    }
    if !write_entry(store, &copy) {
        store.remove(&format!("{TEXTS}{fresh}"));
        return Err(Full);
    }
    Ok(())
}

/// Takes it away for good.
pub fn delete(store: &impl Store, id: &str) {
    store.remove(&format!("{NAMES}{id}"));
    store.remove(&format!("{TEXTS}{id}"));
}

/// A name like this one that no workspace has.
pub fn free_name(store: &impl Store, wanted: &str) -> String {
    let taken: Vec<String> = list(store).into_iter().map(|entry| entry.name).collect();
    if !taken.iter().any(|name| name == wanted) {
        return wanted.to_owned();
    }
    let stem = wanted
        .rsplit_once(' ')
        .filter(|(_, nth)| nth.parse::<u32>().is_ok())
        .map_or(wanted, |(stem, _)| stem);
    (2..)
        .map(|nth| format!("{stem} {nth}"))
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

fn write_entry(store: &impl Store, entry: &Entry) -> bool {
    serde_json::to_string(entry).is_ok_and(|text| store.set(&format!("{NAMES}{}", entry.id), &text))
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use super::*;

    #[derive(Default)]
    struct Shelf {
        entries: RefCell<BTreeMap<String, String>>,
        room: usize,
    }

    impl Store for Shelf {
        fn get(&self, key: &str) -> Option<String> {
            self.entries.borrow().get(key).cloned()
        }
        fn set(&self, key: &str, value: &str) -> bool {
            let fits = value.len() <= self.room;
            if fits {
                let mut entries = self.entries.borrow_mut();
                entries.insert(key.to_owned(), value.to_owned());
            }
            fits
        }
        fn remove(&self, key: &str) {
            self.entries.borrow_mut().remove(key);
        }
        fn keys(&self) -> Vec<String> {
            self.entries.borrow().keys().cloned().collect()
        }
    }

    fn shelf() -> Shelf {
        Shelf {
            room: 1000,
            ..Shelf::default()
        }
    }

    fn new(id: &str, name: &str) -> Entry {
        Entry {
            id: id.into(),
            name: name.into(),
            ..Entry::default()
        }
    }

    #[test]
    fn what_is_written_is_read_and_listed_newest_first() {
        let shelf = shelf();
        let Ok(Written::Here(a)) = write(&shelf, &new("a", "shop"), "1", "f", 1.0) else {
            panic!("kept");
        };
        let _ = write(&shelf, &new("b", "bank"), "2", "g", 2.0);
        let names = |shelf: &Shelf| -> Vec<String> {
            list(shelf).into_iter().map(|entry| entry.name).collect()
        };
        assert_eq!(names(&shelf), ["bank", "shop"]);
        assert!(matches!(
            write(&shelf, &a, "3", "h", 3.0),
            Ok(Written::Here(_))
        ));
        assert_eq!(names(&shelf), ["shop", "bank"]);
        assert_eq!(read::<u32>(&shelf, "a"), Some(3));
        assert!(rename(&shelf, "a", "market"));
        assert_eq!(duplicate(&shelf, "a", "c", 4.0), Ok(()));
        assert_eq!(names(&shelf), ["market 2", "market", "bank"]);
        delete(&shelf, "a");
        assert_eq!(names(&shelf), ["market 2", "bank"]);
        assert_eq!(read::<u32>(&shelf, "a"), None);
    }

    #[test]
    fn two_tabs_do_not_overwrite_each_other() {
        let shelf = shelf();
        let Ok(Written::Here(first)) = write(&shelf, &new("a", "shop"), "1", "f", 1.0) else {
            panic!("kept");
        };
        // The second tab reads and writes it.
        let theirs = entry(&shelf, "a").expect("it is there");
        assert!(matches!(
            write(&shelf, &theirs, "2", "g", 2.0),
            Ok(Written::Here(_))
        ));
        // The first, which knows nothing of it, is kept beside.
        let Ok(Written::Beside(mine)) = write(&shelf, &first, "3", "h", 3.0) else {
            panic!("beside");
        };
        assert_eq!((mine.id.as_str(), mine.name.as_str()), ("h", "shop 2"));
        assert_eq!(read::<u32>(&shelf, "a"), Some(2));
        assert_eq!(read::<u32>(&shelf, "h"), Some(3));
        assert!(matches!(
            write(&shelf, &mine, "4", "i", 4.0),
            Ok(Written::Here(_))
        ));
    }

    #[test]
    fn a_tab_that_only_looks_changes_nothing() {
        let shelf = shelf();
        let Ok(Written::Here(a)) = write(&shelf, &new("a", "shop"), "1", "f", 1.0) else {
            panic!("kept");
        };
        assert_eq!(
            write(&shelf, &a, "1", "g", 2.0),
            Ok(Written::Here(a.clone()))
        );
        // So the other tab, which read it before that, still writes it here.
        assert!(matches!(
            write(&shelf, &a, "2", "h", 3.0),
            Ok(Written::Here(_))
        ));
    }

    #[test]
    fn without_room_the_older_text_stays() {
        let shelf = shelf();
        let Ok(Written::Here(a)) = write(&shelf, &new("a", "shop"), "1", "f", 1.0) else {
            panic!("kept");
        };
        let long = "1".repeat(2000);
        assert_eq!(write(&shelf, &a, &long, "g", 2.0), Err(Full));
        assert_eq!(read::<u32>(&shelf, "a"), Some(1));
        assert_eq!(entry(&shelf, "a"), Some(a));
    }

    #[test]
    fn a_workspace_renamed_elsewhere_is_still_mine() {
        let shelf = shelf();
        let Ok(Written::Here(a)) = write(&shelf, &new("a", "shop"), "1", "f", 1.0) else {
            panic!("kept");
        };
        assert!(rename(&shelf, "a", "bank"));
        let Ok(Written::Here(a)) = write(&shelf, &a, "2", "g", 2.0) else {
            panic!("here");
        };
        assert_eq!(a.name, "bank");
    }
}
