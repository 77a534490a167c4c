//! The skeleton of a scenario: one of everything, small, and as the engine computes it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// What a new scenario begins with.
pub(super) const SKELETON: &str = include_str!("skeleton.md");

/// Writes `NAME.md`, with the name as its title.
pub(super) fn new(name: &Path, output: &mut impl Write) -> io::Result<()> {
    let path = if name.extension().is_some_and(|end| end == "md") {
        name.to_owned()
    } else {
        let mut path = name.as_os_str().to_owned();
        path.push(".md");
        path.into()
    };
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file =
        file.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    file.write_all(SKELETON.as_bytes())?;
    writeln!(
        output,
        "{}: written; try `switchboard scenario check {}`",
        path.display(),
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use switchboard_engine::scenario;

    use super::*;

    #[test]
    fn the_skeleton_is_as_the_engine_computes_it() {
        let scenario = scenario::parse(SKELETON).expect("well formed");
        let differences: Vec<String> = scenario::run(&scenario)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(differences, Vec::<String>::new());
        assert!(scenario.steps.iter().any(|step| !step.mutations.is_empty()));
    }
}
