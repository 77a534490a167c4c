//! Words that people read stand in `web/src/words/`, so that a translator finds them: none inline in a panel, in state,
//! in the worker.
//!
//! The check reads line by line and sees, outside of `words`: a text or a `format!` as a node of `html!`; one in an
//! attribute that is read out or shown; and anywhere a literal that reads as a sentence or as a label of two words.
//!
//! It cannot see: one word that is handed to a function (`button("Undo", …)`) or stands alone in a `match`; a literal
//! that goes over several lines; a sentence that is glued of pieces, each too short to look like one; what JavaScript
//! says (`web/js/`). Reading has to find these.

use super::{files_below, is_test, read, root, shown};

/// Attributes whose value people see or hear.
const READ_OUT: [&str; 8] = [
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "alt",
    "label",
    "placeholder",
    "title",
];

/// Where a sentence is for whoever reads the code, or a panic.
const FOR_US: [&str; 4] = ["expect(", "panic!(", "unreachable!(", "reason = "];

#[test]
fn no_words_stand_inline() {
    let source = root().join("web/src");
    let words = source.join("words");
    let mut wrong = Vec::new();
    for file in files_below(&source, &["rs"])
        .into_iter()
        .filter(|file| !is_test(file) && !file.starts_with(&words))
    {
        for (line, literal) in inline_words(&read(&file)) {
            wrong.push(format!("{}:{line}: {literal:?}", shown(&file)));
        }
    }
    assert!(
        wrong.is_empty(),
        "these belong to web/src/words/:\n{}",
        wrong.join("\n")
    );
}

/// Literals that people would read, with the number of their line.
fn inline_words(text: &str) -> Vec<(usize, String)> {
    let code = text.lines().enumerate();
    let code = code.take_while(|(_, line)| *line != "mod tests {");
    code.map(|(nth, line)| (nth + 1, line.trim()))
        .filter(|(_, line)| !line.starts_with("//"))
        .flat_map(|(nth, line)| {
            let literals = literals(line).into_iter();
            let words = literals.filter(|(before, literal)| is_read(line, before, literal));
            words.map(move |(_, literal)| (nth, literal.to_owned()))
        })
        .collect()
}

/// The strings of a line, each with what stands before it.
fn literals(line: &str) -> Vec<(&str, &str)> {
    let mut literals = Vec::new();
    let mut start = None;
    let mut is_escaped = false;
    for (at, letter) in line.char_indices() {
        match (letter, start) {
            // A quote as a character.
            ('"', None) if line[..at].ends_with('\'') => {}
            ('"', None) => start = Some(at),
            ('"', Some(from)) if !is_escaped => {
                literals.push((&line[..from], &line[from + 1..at]));
                start = None;
            }
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    literals
}

fn is_read(line: &str, before: &str, literal: &str) -> bool {
    // A line for a shell is Kubernetes' own.
    let is_command = literal.starts_with("kubectl ");
    let is_selector = literal.contains('[') && literal.contains('=');
    let is_for_us = FOR_US.iter().any(|word| line.contains(word));
    if !has_letters(literal) || is_command || is_selector || is_for_us {
        return false;
    }
    if let Some(attribute) = attribute(before) {
        return READ_OUT.contains(&attribute);
    }
    let is_markup = line.starts_with(['{', '<', '>']) || line.contains(">{");
    let is_node = ["{ ", "{ format!("].iter().any(|it| before.ends_with(it));
    is_markup && is_node || reads_as_words(literal)
}

/// Whether there are any outside of escapes, and of the braces in which `format!` puts something.
fn has_letters(literal: &str) -> bool {
    let literal = literal.replace("\\n", "");
    let parts = literal.split('{').map(|part| match part.split_once('}') {
        Some((_, after)) => after,
        None => part,
    });
    parts.collect::<String>().contains(char::is_alphabetic)
}

/// The attribute of an element in whose value a line goes on.
fn attribute(before: &str) -> Option<&str> {
    let (head, value) = match before.strip_suffix('=') {
        Some(head) => (head, ""),
        None => before.rsplit_once("={")?,
    };
    let is_open = value.matches('{').count() >= value.matches('}').count();
    let name = head.rsplit([' ', '<']).next()?;
    is_open.then_some(name)
}

/// Three words in a row, of which some may be what `format!` puts in; or a label: `As written`.
fn reads_as_words(literal: &str) -> bool {
    let tokens: Vec<&str> = literal.split(' ').collect();
    let is_label = |pair: &[&str]| {
        is_word(pair[0])
            && pair[0].starts_with(char::is_uppercase)
            && is_word(pair[1])
            && pair[1].starts_with(char::is_lowercase)
    };
    let is_sentence = |three: &[&str]| {
        three.iter().all(|it| is_word(it) || is_hole(it)) && three.iter().any(|it| is_word(it))
    };
    tokens.windows(3).any(is_sentence) || tokens.windows(2).take(1).any(is_label)
}

fn is_word(token: &str) -> bool {
    // A word ends with a full stop; a class in a selector begins with one.
    let word = token
        .trim_start_matches(['“', '`'])
        .trim_end_matches(|letter| ".,:;!?…”`".contains(letter));
    word.chars().count() > 1
        && word
            .chars()
            .all(|letter| letter.is_alphabetic() || letter == '’' || letter == '\'')
}

fn is_hole(token: &str) -> bool {
    token.starts_with('{') && token.contains('}')
}

#[test]
fn the_check_itself_sees() {
    let found = |line: &str| {
        let found = inline_words(line).into_iter();
        found.map(|(_, literal)| literal).collect::<Vec<_>>()
    };
    for (line, literal) in [
        (r#"<h2>{ "Findings" }</h2>"#, "Findings"),
        (r#"{ if on { "Fold" } else { words::X } }"#, "Fold"),
        (r#"<button aria-label="Close" {onclick}>"#, "Close"),
        (r#"title={format!("Line {line}")}"#, "Line {line}"),
        (r#"<p>{ format!("On {node}") }</p>"#, "On {node}"),
        (
            r#"said("Tracing in every mode …")"#,
            "Tracing in every mode …",
        ),
        (r#"toggle("As written", Written(true))"#, "As written"),
        (r#"format!("{at} of {total}")"#, "{at} of {total}"),
    ] {
        assert_eq!(found(line), [literal], "{line}");
    }
    for line in [
        r#"<button class="button icon plain" type="button">"#,
        r#"<li class={if holds { "holds" } else { "open" }}>"#,
        r#"let role = if is_trouble { "alert" } else { "status" };"#,
        r#"<span>{ " → " }</span>{ words::map::FIT }"#,
        r#"<p>{ format!("{name}:{line}") }{ "\n" }</p>"#,
        r#"let selector = "button, a, summary, [role=button]";"#,
        r#"search.query_selector_all("input, .results button")"#,
        r#"let it = it.expect("a page has a body");"#,
        r#"// Said of "Every packet that is sent"."#,
        r#"let command = format!("kubectl get pods -n {namespace}");"#,
    ] {
        assert!(found(line).is_empty(), "{line}: {:?}", found(line));
    }
}
