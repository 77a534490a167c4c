//! `switchboard check --fix`: edits that are certain, written into the files.

use std::fs;
use std::io;

use switchboard_engine::Analysis;
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::mend::{self, Edit};

use crate::input::Input;

/// What one edit mends may show what another would: so often it is looked again.
const ROUNDS: usize = 5;

/// Mends the files, says which on standard error, and gives what they are then.
pub(crate) fn fix(input: &Input) -> io::Result<Analysis> {
    let mut analysis = input.analyse()?;
    let before = analysis.manifest.files.clone();
    for _ in 0..ROUNDS {
        let edits: Vec<Edit> = analysis
            .findings
            .iter()
            // What may be right as it stands is for a person to decide.
            .filter(|finding| mend::is_certain(finding))
            .filter_map(|finding| analysis.mend(finding))
            .map(|mend| mend.edit)
            .collect();
        if edits.is_empty() {
            break;
        }
        let files = mend::apply(&analysis.manifest.files, &edits);
        analysis = input.analyse_files(files);
    }
    for (old, new) in before.iter().zip(&analysis.manifest.files) {
        if old.text != new.text {
            write(old, &new.text)?;
        }
    }
    Ok(analysis)
}

/// Writes only what was read: not a stream, not over bytes that are no text, not over what changed meanwhile.
fn write(old: &SourceFile, text: &str) -> io::Result<()> {
    let name = old.name.as_str();
    let told = |what: &str| eprintln!("{}: {what}", name.escape_default());
    if fs::read(name).is_ok_and(|bytes| bytes == old.text.as_bytes()) {
        fs::write(name, text)?;
        told("mended");
    } else {
        told("could be mended, but is not a file that is as it was read");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        input: Input,
    }

    const WRONG: &str = "# kept
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: wbe} # kept, too
  ports: [{port: 80, targetPort: htttp}]
---
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {containers: [{name: a, image: a, ports: [{name: http, containerPort: 8080}]}]}}
";

    fn input(file: &std::path::Path) -> Input {
        let file = file.to_str().unwrap();
        Program::parse_from(["switchboard", "-f", file]).input
    }

    #[test]
    fn edits_are_written_round_after_round_and_nothing_else_changes() {
        let file =
            std::env::temp_dir().join(format!("switchboard-fix-{}.yaml", std::process::id()));
        fs::write(&file, WRONG).unwrap();
        let analysis = fix(&input(&file)).unwrap();
        let written = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        // The port's name shows as wrong only once the selector finds the Pod.
        assert_eq!(
            written,
            WRONG.replace("wbe", "web").replace("htttp", "http")
        );
        assert_eq!(analysis.findings.iter().count(), 0);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let file =
            std::env::temp_dir().join(format!("switchboard-left-{}.yaml", std::process::id()));
        fs::write(&file, "somebody else's").unwrap();
        let old = SourceFile {
            name: file.to_str().unwrap().into(),
            text: WRONG.to_owned(),
        };
        write(&old, "mended").unwrap();
        let written = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(written, "somebody else's");
    }
}
