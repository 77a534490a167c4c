//! Scenarios as one HTML file, by workshop: prose, manifests, symptoms, questions, tasks; no scripts, no engine.

use std::fmt::Write;

use switchboard_engine::scenario::edit::Change;
use switchboard_engine::scenario::prose::{Block, Inline, Prose};
use switchboard_engine::scenario::question::{self, Answering};
use switchboard_engine::scenario::{self, Check, Question, Scenario, Step, Task};

const STYLE: &str = include_str!("print.css");

/// The page. Workshops stand in the order of their first file, scenarios in the order of their workshop.
pub(super) fn page(scenarios: &[Scenario], solutions: bool) -> String {
    let mut page = String::new();
    let mut workshops: Vec<Option<&str>> = Vec::new();
    for scenario in scenarios {
        if !workshops.contains(&scenario.workshop.as_deref()) {
            workshops.push(scenario.workshop.as_deref());
        }
    }
    let title = match (scenarios, workshops.as_slice()) {
        ([one], _) => one.title.as_str(),
        (_, [Some(workshop)]) => workshop,
        _ => "Workshops",
    };
    page += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    // Whatever a file says: nothing in this page runs or is fetched.
    page += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
    page += &format!(
        "<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escape(title)
    );
    for workshop in workshops {
        let mut part: Vec<&Scenario> = scenarios
            .iter()
            .filter(|scenario| scenario.workshop.as_deref() == workshop)
            .collect();
        part.sort_by_key(|scenario| scenario.order);
        for scenario in part {
            one(&mut page, scenario, solutions);
        }
    }
    page += "</body>\n</html>\n";
    page
}

fn one(page: &mut String, scenario: &Scenario, solutions: bool) {
    *page += "<article>\n";
    if let Some(workshop) = &scenario.workshop {
        *page += &format!("<p class=\"facts\">{}</p>\n", escape(workshop));
    }
    tag(page, "h1", &scenario.title);
    let minutes = scenario
        .minutes
        .map(|minutes| format!(", {minutes} minutes"));
    let facts = format!("{}{}", scenario.level.name(), minutes.unwrap_or_default());
    *page += &format!(
        "<p class=\"facts\">{} <em>{}</em></p>\n",
        escape(&scenario.summary),
        escape(&facts)
    );
    let mut before = Vec::new();
    for step in &scenario.steps {
        *page += "<section>\n";
        if step.title != scenario.title {
            tag(page, "h2", &step.title);
        }
        prose(page, &step.prose);
        if scenario.symptom_first {
            symptom(page, scenario, step);
        }
        for file in step.files.iter().filter(|file| !before.contains(*file)) {
            *page += &format!("<figure><figcaption>{}</figcaption>", escape(&file.name));
            *page += &format!("<pre>{}</pre></figure>\n", escape(&file.text));
        }
        before.clone_from(&step.files);
        questions(page, scenario, step, solutions);
        if let Some(task) = &step.task {
            self::task(page, task, solutions);
            before.clone_from(&task.solved);
        }
        if solutions && let Some(explanation) = &step.explanation {
            *page += "<div class=\"box\">\n";
            prose(page, explanation);
            *page += "</div>\n";
        }
        if solutions && let Some(notes) = &step.notes {
            *page += "<div class=\"box\">\n<h4>Notes</h4>\n";
            prose(page, notes);
            *page += "</div>\n";
        }
        *page += "</section>\n";
    }
    *page += "</article>\n";
}

/// What the client sees, in the engine's words.
fn symptom(page: &mut String, scenario: &Scenario, step: &Step) {
    let Some(probe) = step.probes.first() else {
        return;
    };
    let check = Check::Probe {
        from: probe.from.clone(),
        to: probe.to.clone(),
        expect: probe.expect.clone(),
    };
    let seen = check.state(&scenario::analyse(scenario, step));
    *page += &format!(
        "<p class=\"symptom\"><code>{}</code>: {}</p>\n",
        escape(&check.subject()),
        escape(&seen)
    );
}

fn questions(page: &mut String, scenario: &Scenario, step: &Step, solutions: bool) {
    let mut analysis = None;
    for question in step.predictions.iter().chain(&step.quiz) {
        let Question { text, answer, .. } = question;
        *page += "<div class=\"box\">\n";
        prose(page, text);
        let analysis = analysis.get_or_insert_with(|| scenario::analyse(scenario, step));
        if let Answering::Choices(choices) = answer {
            let verdict = solutions
                .then(|| question::verdict(analysis, choices).ok())
                .flatten();
            *page += "<ul class=\"choices\">\n";
            for (nth, choice) in choices.iter().enumerate() {
                let right = verdict.as_ref().is_some_and(|verdict| verdict.right == nth);
                *page += if right {
                    "<li class=\"right\">"
                } else {
                    "<li>"
                };
                prose(page, &choice.text);
                if solutions && let Some(why) = &choice.why {
                    prose(page, why);
                }
                *page += "</li>\n";
            }
            *page += "</ul>\n";
        } else if solutions {
            let right = super::answer(analysis, question);
            *page += &format!("<p><strong>{}</strong></p>\n", escape(&right));
        }
        *page += "</div>\n";
    }
}

fn task(page: &mut String, task: &Task, solutions: bool) {
    *page += "<div class=\"box\">\n<h3>Task</h3>\n";
    prose(page, &task.goal);
    if solutions {
        for hint in &task.hints {
            *page += "<h4>Hint</h4>\n";
            prose(page, hint);
        }
        *page += "<h4>Solution</h4>\n";
        for edit in &task.solution {
            let text = match &edit.change {
                Change::Replace { text, with } => {
                    format!(
                        "<p>In {}, replace</p><pre>{}</pre><p>with</p><pre>{}</pre>\n",
                        escape(&edit.file),
                        escape(text),
                        escape(with)
                    )
                }
                Change::Append(text) => format!(
                    "<p>At the end of {}</p><pre>{}</pre>\n",
                    escape(&edit.file),
                    escape(text)
                ),
                Change::Whole(text) => {
                    format!("<p>{}</p><pre>{}</pre>\n", escape(&edit.file), escape(text))
                }
            };
            *page += &text;
        }
    }
    *page += "</div>\n";
}

fn tag(page: &mut String, name: &str, text: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(page, "<{name}>{}</{name}>", escape(text));
}

fn prose(page: &mut String, prose: &Prose) {
    prose.0.iter().for_each(|block| self::block(page, block));
}

fn block(page: &mut String, block: &Block) {
    match block {
        Block::Paragraph(inlines) => *page += &format!("<p>{}</p>\n", inline(inlines)),
        Block::Heading(inlines) => *page += &format!("<h3>{}</h3>\n", inline(inlines)),
        Block::Code(code) => *page += &format!("<pre>{}</pre>\n", escape(code)),
        Block::Rule => *page += "<hr>\n",
        Block::Quote(blocks) => {
            *page += "<blockquote>\n";
            blocks.iter().for_each(|block| self::block(page, block));
            *page += "</blockquote>\n";
        }
        Block::List(first, items) => {
            let (open, close) = match first {
                Some(first) => (format!("<ol start=\"{first}\">\n"), "</ol>\n"),
                None => ("<ul>\n".to_owned(), "</ul>\n"),
            };
            *page += &open;
            for item in items {
                *page += "<li>";
                item.iter().for_each(|block| self::block(page, block));
                *page += "</li>\n";
            }
            *page += close;
        }
        Block::Table(rows) => {
            *page += "<table>\n";
            for (nth, row) in rows.iter().enumerate() {
                let cell = if nth == 0 { "th" } else { "td" };
                let cells: Vec<String> = row
                    .iter()
                    .map(|inlines| format!("<{cell}>{}</{cell}>", inline(inlines)))
                    .collect();
                *page += &format!("<tr>{}</tr>\n", cells.concat());
            }
            *page += "</table>\n";
        }
    }
}

fn inline(inlines: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => escape(text),
        Inline::Code(code) => format!("<code>{}</code>", escape(code)),
        Inline::Emphasis(inner) => format!("<em>{}</em>", self::inline(inner)),
        Inline::Strong(inner) => format!("<strong>{}</strong>", self::inline(inner)),
        // Read on paper: where it leads is written, not followed.
        Inline::Link(inner, to) => format!(
            "{} <span class=\"to\">({})</span>",
            self::inline(inner),
            escape(to)
        ),
        Inline::Break => "<br>".to_owned(),
    };
    inlines.iter().map(one).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(solutions: bool) -> String {
        let scenario = scenario::parse(super::super::new::SKELETON).expect("well formed");
        page(&[scenario], solutions)
    }

    #[test]
    fn solutions_are_printed_when_asked_for() {
        let (without, with) = (printed(false), printed(true));
        assert!(
            !without.contains("One letter is too many") && with.contains("One letter is too many")
        );
        assert!(!without.contains("class=\"right\""));
        assert!(
            with.contains(
                "<li class=\"right\"><p>One of the two Pods, each with the same chance</p>"
            )
        );
    }

    #[test]
    fn a_workshop_stands_in_its_order() {
        let scenario = |title: &str, order| {
            let mut scenario = scenario::parse(super::super::new::SKELETON).expect("well formed");
            scenario.title = title.to_owned();
            scenario.workshop = Some("Mine".to_owned());
            scenario.order = order;
            scenario
        };
        let page = page(&[scenario("Second", 2), scenario("First", 1)], false);
        assert!(page.contains("<title>Mine</title>"));
        assert!(page.find("<h1>First</h1>") < page.find("<h1>Second</h1>"));
    }

    #[test]
    fn nothing_that_a_file_says_becomes_markup() {
        let mut scenario = scenario::parse(super::super::new::SKELETON).expect("well formed");
        scenario.title = "<script>alert(1)</script>".to_owned();
        let page = page(&[scenario], true);
        assert!(page.contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
        assert!(!page.contains("<script"));
    }
}
