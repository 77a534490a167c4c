use super::*;

const MINIMAL: &str = "\
---
title: A Service
summary: One Pod answers.
---
Some *prose*.

```yaml manifest web.yaml
kind: Service
```

## Send a packet

```probe
from: pod/client
to: http://web
expect: {outcome: delivered, to: web-*, share: 1/1}
```

More prose.
";

#[test]
fn steps_files_and_probes_are_found() {
    let scenario = parse(MINIMAL).expect("well formed");
    assert_eq!(scenario.title, "A Service");
    let [intro, send] = scenario.steps.as_slice() else {
        panic!("two steps: {:?}", scenario.steps)
    };
    assert_eq!(
        (intro.title.as_str(), intro.prose.as_str()),
        ("A Service", "Some *prose*.")
    );
    assert_eq!(
        (send.title.as_str(), send.line, send.prose.as_str()),
        ("Send a packet", 11, "More prose.")
    );
    assert_eq!(
        send.files,
        [SourceFile {
            name: "web.yaml".into(),
            text: "kind: Service\n".into()
        }]
    );
    let probe = &send.probes[0];
    assert_eq!(
        (probe.line, probe.from.as_str(), probe.to.as_str()),
        (13, "pod/client", "http://web")
    );
    assert_eq!(probe.expect.share.as_deref(), Some("1/1"));
}

#[test]
fn a_later_block_of_the_same_name_replaces_the_file() {
    let text = MINIMAL.replace("More prose.", "```yaml manifest web.yaml\nkind: Pod\n```");
    let scenario = parse(&text).expect("well formed");
    assert_eq!(scenario.steps[0].files[0].text, "kind: Service\n");
    assert_eq!(scenario.steps[1].files[0].text, "kind: Pod\n");
}

#[track_caller]
fn check_errors(text: &str, expected: &[&str]) {
    let errors = parse(text).expect_err("malformed");
    let found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn mistakes_have_their_line() {
    check_errors(
        &MINIMAL.replace("```yaml manifest web.yaml", "```yaml"),
        &["line 7: unknown block `yaml`: `yaml manifest [NAME]`, `probe` or `console`"],
    );
    check_errors(
        &MINIMAL.replace("from:", "form:"),
        &["line 14: probe: unknown field `form`, expected one of `from`, `to`, `expect`"],
    );
}

#[test]
fn a_star_stands_for_any_text() {
    let fits = |pattern: &str, text: &str| run::glob(pattern, text);
    assert!(fits("web", "web") && fits("web-*", "web-") && fits("*-x*-y", "web-x1-y"));
    assert!(fits("*", "") && fits("**", "web") && fits("a*b*c", "a-bb-c"));
    assert!(!fits("web", "web-1") && !fits("web-*", "web") && !fits("a*a", "a"));
    assert!(!fits("a*b*c", "a-c-b") && !fits("*-y-y", "x-y"));
    let many = "*a".repeat(1000);
    assert!(!fits(&format!("{many}b*"), &"a".repeat(5000)));
}
