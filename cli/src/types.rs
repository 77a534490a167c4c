//! `switchboard types`: what each type would give one Service.

use std::io::{self, Write};

use switchboard_engine::service_types::{Comparison, Row};
use switchboard_engine::trace::words;

/// Prints the comparison.
pub(crate) fn types(comparison: &Comparison, json: bool, mut output: impl Write) -> io::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut output, comparison)?;
        return writeln!(output);
    }
    let Comparison {
        namespace, name, ..
    } = comparison;
    writeln!(output, "Service {namespace}/{name}, as each type")?;
    if comparison.without_selector {
        writeln!(
            output,
            "It has no selector: its endpoints are somebody else's work."
        )?;
    }
    if comparison.clients_assumed {
        writeln!(
            output,
            "Where the manifests have no Pod to ask from, one is assumed."
        )?;
    }
    for row in &comparison.rows {
        print(row, &mut output)?;
    }
    Ok(())
}

fn print(row: &Row, output: &mut impl Write) -> io::Result<()> {
    let mark = if row.is_current { "  (as written)" } else { "" };
    writeln!(output, "\n{}{mark}", row.title())?;
    for refused in &row.refused {
        writeln!(output, "  refused     {refused}")?;
    }
    writeln!(output, "  found as    {}", row.addresses.join(", "))?;
    for cell in &row.cells {
        let verdict = words::headline(cell.headline);
        let source = if cell.source_changes {
            "; the Pod sees another source"
        } else {
            ""
        };
        writeln!(
            output,
            "  {:<21} {verdict}: {} -> {}\n  {:<21} {}{source}",
            cell.client.name(),
            cell.from,
            cell.to,
            "",
            cell.sees.join("; or: ")
        )?;
    }
    writeln!(output, "  costs       {}", row.costs)?;
    writeln!(output, "  depends on  {}", row.depends_on)?;
    writeln!(output, "  breaks      {}", row.breaks)?;
    writeln!(output, "  source      {}", row.source)
}
