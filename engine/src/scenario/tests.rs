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
        (intro.title.as_str(), &intro.prose),
        ("A Service", &prose::read("Some *prose*."))
    );
    assert_eq!(
        (send.title.as_str(), send.line, &send.prose),
        ("Send a packet", 11, &prose::read("More prose."))
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
        &[
            "line 7: unknown block `yaml`: `yaml manifest [NAME]`, `probe`, `console`, `highlight`, `predict`, `task`, `hint`, `solution`, `yaml solution [NAME]`, `explanation`, `claims`, `mutation`, `quiz`, `notes`",
        ],
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

/// A Service whose selector is wrong, and a Pod that it should find.
const LESSON: &str = "\
---
title: A lesson
summary: It can be solved.
---

```yaml manifest
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: wbe}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-0, labels: {app: web}}, spec: {containers: [{name: app, image: nginx}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: client}, spec: {containers: [{name: app, image: curl}]}}
```

## Repair

Nobody answers.

```predict
question: What does the client see?
from: pod/client
to: http://web
choices:
  - text: A refusal
    when: {sees: refused}
  - text: Silence
    when: {sees: timed-out}
    why: A node refuses what has no endpoints.
```

```claims
- says: Nobody answers.
  endpoints: service/web
  ready: 0
```

```task
goal: Reach `web`.
checks:
  - from: pod/client
    to: http://web
    expect: {outcome: delivered}
  - noFinding: selector-matches-nothing
```

```hint
Look at the *selector*.
```

```solution
replace: 'app: wbe'
with: 'app: web'
```

```mutation
replace: '{app: web}}, spec'
with: '{app: shop}}, spec'
```

## Afterwards

```claims
endpoints: service/web
ready: 1
```
";

fn differences(text: &str) -> Vec<String> {
    let scenario = parse(text).expect("well formed");
    let line = |difference: &Difference| {
        let Difference {
            line,
            subject,
            what,
            expected,
            found,
            ..
        } = difference;
        format!("{line}: {subject}: {what}: {expected}: {found}")
    };
    run(&scenario).iter().map(line).collect()
}

#[test]
fn a_lesson_is_checked_at_its_start_solved_and_mutated() {
    assert_eq!(differences(LESSON), Vec::<String>::new());
    let scenario = parse(LESSON).expect("well formed");
    let [repair, afterwards] = &scenario.steps[1..] else {
        panic!("three steps: {:?}", scenario.steps)
    };
    let task = repair.task.as_ref().expect("a task");
    assert_eq!(task.hints, [prose::read("Look at the *selector*.")]);
    assert!(repair.files[0].text.contains("app: wbe"));
    assert!(afterwards.files[0].text.contains("{app: web}, ports"));
}

#[test]
fn a_task_that_is_done_or_cannot_be_done_is_told() {
    let task = LESSON.find("```task").expect("the task");
    let solution = LESSON.find("```solution").expect("the solution");
    // Nothing but the task, on a cluster that is well from the start.
    let done = format!(
        "{}{}```solution\nreplace: 'image: curl'\nwith: 'image: kurl'\n```\n",
        &LESSON[..LESSON.find("```predict").expect("the prediction")].replace("wbe", "web"),
        &LESSON[task..solution],
    );
    assert_eq!(
        differences(&done),
        [
            "18: task: checks: one of them fails at the start: all hold before anything is done",
            "18: no finding selector-matches-nothing: finding at the start: selector-matches-nothing: none",
        ],
    );
    assert_eq!(
        differences(&LESSON.replace("with: 'app: web'", "with: 'app: bew'"))[..1],
        ["36: pod/client → http://web, with the solution: outcome: delivered: rejected"],
    );
}

#[test]
fn a_mutation_that_nothing_sees_is_told() {
    assert_eq!(
        differences(&LESSON.replace("'{app: shop}}, spec'", "'{app: web, tier: a}}, spec'")),
        ["54: mutation: checks of the step: one of them fails: all are as before"],
    );
}

#[test]
fn a_question_has_one_right_choice() {
    assert_eq!(
        differences(&LESSON.replace("timed-out", "refused")),
        [
            "18: What does the client see?: answer: exactly one choice is right: choices 1 and 2 are all right; what happens: The node refuses it: Service default/web has no endpoint that could take it."
        ],
    );
}

#[test]
fn what_does_not_belong_together_has_its_line() {
    check_errors(
        &LESSON.replace(
            "Nobody answers.\n\n```predict",
            "Somebody answers.\n\n```predict",
        ),
        &["line 31: claims: the prose of this step does not say \"Nobody answers.\""],
    );
    check_errors(
        &LESSON.replace("replace: 'app: wbe'", "replace: 'app: www'"),
        &["line 49: solution: `app: www` does not stand in manifest.yaml"],
    );
    check_errors(
        &LESSON.replace("sees: timed-out", "sees: timeout"),
        &["line 26: sees: `timeout` is unknown: did you mean `timed-out`?"],
    );
    check_errors(
        &LESSON.replace("  ready: 0", "  redy: 0"),
        &[
            "line 33: claims: unknown field `redy`, expected one of `says`, `from`, `to`, `expect`, `dns`, `addresses`, `count`, `asked`, `queries`, `found`, `rules`, `has`, `lacks`, `finding`, `noFinding`, `about`, `noFindings`, `object`, `path`, `is`, `absent`, `endpoints`, `ready`, `notReady`",
        ],
    );
    check_errors(
        &LESSON.replace("Look at the *selector*.", "Look <b>here</b>."),
        &[
            "line 46: HTML and images are not shown: write it as Markdown, and `<names>` between backticks",
        ],
    );
    check_errors(
        &LESSON.replace("Nobody answers.\n\n", "Nobody answers. <br>\n\n"),
        &[
            "line 16: HTML and images are not shown: write it as Markdown, and `<names>` between backticks",
        ],
    );
}

#[test]
fn prose_is_a_tree_without_markup() {
    use prose::{Block, Inline};
    let text = |words: &str| Inline::Text(words.to_owned());
    let prose = prose::read("- one\n  - two `x`\n- **three**\n\n[out](https://x.example)");
    let nested = Block::List(
        None,
        vec![vec![Block::Paragraph(vec![
            text("two "),
            Inline::Code("x".into()),
        ])]],
    );
    assert_eq!(
        prose.0,
        [
            Block::List(
                None,
                vec![
                    vec![Block::Paragraph(vec![text("one")]), nested],
                    vec![Block::Paragraph(vec![Inline::Strong(vec![text("three")])])],
                ]
            ),
            Block::Paragraph(vec![Inline::Link(
                vec![text("out")],
                "https://x.example".into()
            )]),
        ]
    );
    // Deep nesting is a tree of bounded depth.
    let deep = prose::read(&format!("{}deep", "> ".repeat(5000)));
    assert_eq!(deep.words(), "deep");
}

/// The mistakes in `MINIMAL` with one piece of it changed: `LINE: MESSAGE`.
fn mistakes(from: &str, to: &str) -> Vec<String> {
    assert!(MINIMAL.contains(from));
    let errors = parse(&MINIMAL.replace(from, to)).expect_err("it has a mistake");
    let told = |error: &ScenarioError| format!("{}: {}", error.line, error.message);
    errors.iter().map(told).collect()
}

#[test]
fn a_block_without_an_end_is_told_where_it_begins() {
    assert_eq!(
        mistakes("1/1}\n```\n\nMore prose.\n", "1/1}\n"),
        ["13: this block has no end: close it with a line of as many backticks"]
    );
}

#[test]
fn a_manifest_that_is_no_yaml_is_told_by_its_line() {
    let told = mistakes("kind: Service", "kind: Service\nspec: [");
    assert_eq!(told, ["9: web.yaml is no YAML: unclosed bracket '['"]);
}

#[test]
fn prerequisites_are_names_without_their_ending() {
    assert_eq!(
        mistakes("summary: One", "prerequisites: [a, b.md]\nsummary: One"),
        ["3: prerequisites: `b`, without `.md`"]
    );
}

#[test]
fn an_edit_that_misses_by_spaces_says_so() {
    let file = SourceFile {
        name: "a.yaml".into(),
        text: "labels:\n  app: web\nspec:\n".into(),
    };
    let told = |text: &str| {
        let change = edit::Change::Replace {
            text: text.to_owned(),
            with: String::new(),
        };
        let edit = edit::Edit {
            file: "a.yaml".into(),
            change,
        };
        edit::apply(std::slice::from_ref(&file), &[edit]).expect_err("it misses")
    };
    assert_eq!(
        told("    app: web\nspec"),
        "`    app: web\\nspec` stands in a.yaml only with other spaces or line ends: copy it from there"
    );
    assert_eq!(told("app: wbe"), "`app: wbe` does not stand in a.yaml");
}
