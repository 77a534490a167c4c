//! Selectors as kubectl reads them: `app=web,tier in (front,back),!canary`.
//!
//! Source: `staging/src/k8s.io/apimachinery/pkg/labels/selector.go` (`Parse`): its tokens, its operators, and that a
//! label that is missing satisfies `!=` and `notin`.

use crate::Str;
use crate::api::{LabelSelector, LabelSelectorRequirement};

/// Longest name of a label, and longest value.
const LONGEST: usize = 63;

/// Reads a selector; an empty one selects everything. The error is one line for a person.
pub fn parse(text: &str) -> Result<LabelSelector, String> {
    let mut rest = Tokens::of(text);
    let mut requirements = Vec::new();
    if rest.peek() == Token::End {
        return Ok(selector(requirements));
    }
    loop {
        requirements.push(requirement(&mut rest)?);
        match rest.next() {
            Token::End => return Ok(selector(requirements)),
            Token::Comma => {}
            other => return Err(format!("expected a comma, found {}", other.words())),
        }
    }
}

fn selector(match_expressions: Vec<LabelSelectorRequirement>) -> LabelSelector {
    LabelSelector {
        match_expressions,
        ..LabelSelector::default()
    }
}

fn requirement(rest: &mut Tokens<'_>) -> Result<LabelSelectorRequirement, String> {
    let absent = rest.take(Token::Not);
    let key = match rest.next() {
        Token::Word(key) => key,
        other => return Err(format!("expected a label's name, found {}", other.words())),
    };
    check_key(key)?;
    let made = |operator: &str, values: Vec<Str>| LabelSelectorRequirement {
        key: key.into(),
        operator: operator.into(),
        values,
    };
    if absent {
        return Ok(made("DoesNotExist", Vec::new()));
    }
    match rest.peek() {
        Token::End | Token::Comma => return Ok(made("Exists", Vec::new())),
        _ => {}
    }
    let operator = rest.next();
    let requirement = match operator {
        Token::Equal | Token::DoubleEqual => made("In", vec![value(rest)?]),
        Token::NotEqual => made("NotIn", vec![value(rest)?]),
        Token::Greater | Token::Less => {
            let bound = value(rest)?;
            if bound.parse::<i64>().is_err() {
                return Err(format!("{} needs a whole number", operator.words()));
            }
            made(
                if operator == Token::Greater {
                    "Gt"
                } else {
                    "Lt"
                },
                vec![bound],
            )
        }
        Token::Word("in") => made("In", values(rest)?),
        Token::Word("notin") => made("NotIn", values(rest)?),
        other => {
            return Err(format!(
                "expected =, !=, in, notin, < or > behind “{key}”, found {}",
                other.words()
            ));
        }
    };
    for value in &requirement.values {
        check_value(value)?;
    }
    Ok(requirement)
}

/// One value; nothing is the empty one.
fn value(rest: &mut Tokens<'_>) -> Result<Str, String> {
    match rest.peek() {
        Token::Word(word) => {
            rest.next();
            Ok(word.into())
        }
        Token::End | Token::Comma => Ok("".into()),
        other => Err(format!("expected a value, found {}", other.words())),
    }
}

/// `(a,b)`; `()` holds the empty value.
fn values(rest: &mut Tokens<'_>) -> Result<Vec<Str>, String> {
    if !rest.take(Token::Open) {
        return Err(format!("expected (, found {}", rest.peek().words()));
    }
    let mut values = Vec::new();
    loop {
        match rest.peek() {
            Token::Word(word) => {
                rest.next();
                values.push(word.into());
            }
            Token::Comma | Token::Close => values.push("".into()),
            other => return Err(format!("expected a value or ), found {}", other.words())),
        }
        match rest.next() {
            Token::Comma => {}
            Token::Close => return Ok(values),
            other => return Err(format!("expected a comma or ), found {}", other.words())),
        }
    }
}

fn check_key(key: &str) -> Result<(), String> {
    let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
    if is_name(name) {
        Ok(())
    } else {
        Err(format!("“{key}” is no name of a label"))
    }
}

fn check_value(value: &str) -> Result<(), String> {
    if value.is_empty() || is_name(value) {
        Ok(())
    } else {
        Err(format!("“{value}” is no value of a label"))
    }
}

/// Letters and digits at both ends; `-`, `_` and `.` between them.
fn is_name(text: &str) -> bool {
    let alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= LONGEST
        && alphanumeric(text.chars().next())
        && alphanumeric(text.chars().next_back())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Comma,
    Open,
    Close,
    Not,
    Equal,
    DoubleEqual,
    NotEqual,
    Greater,
    Less,
    End,
}

impl Token<'_> {
    fn words(self) -> String {
        match self {
            Self::Word(word) => format!("“{word}”"),
            Self::Comma => "a comma".to_owned(),
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::Not => "!".to_owned(),
            Self::Equal => "=".to_owned(),
            Self::DoubleEqual => "==".to_owned(),
            Self::NotEqual => "!=".to_owned(),
            Self::Greater => ">".to_owned(),
            Self::Less => "<".to_owned(),
            Self::End => "the end".to_owned(),
        }
    }
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn peek(&self) -> Token<'a> {
        token(self.rest).0
    }

    fn next(&mut self) -> Token<'a> {
        let (token, rest) = token(self.rest);
        self.rest = rest;
        token
    }

    fn take(&mut self, wanted: Token<'_>) -> bool {
        let is_next = self.peek() == wanted;
        if is_next {
            self.next();
        }
        is_next
    }
}

fn token(text: &str) -> (Token<'_>, &str) {
    let text = text.trim_start();
    let signs = [
        ("==", Token::DoubleEqual),
        ("!=", Token::NotEqual),
        ("=", Token::Equal),
        ("!", Token::Not),
        (",", Token::Comma),
        ("(", Token::Open),
        (")", Token::Close),
        (">", Token::Greater),
        ("<", Token::Less),
    ];
    for (sign, token) in signs {
        if let Some(rest) = text.strip_prefix(sign) {
            return (token, rest);
        }
    }
    let end = text
        .find(|c: char| c.is_whitespace() || "=!,()><".contains(c))
        .unwrap_or(text.len());
    match text.split_at(end) {
        ("", _) => (Token::End, ""),
        (word, rest) => (Token::Word(word), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::StringMap;
    use crate::selector::matches;

    fn selects(text: &str, labels: &[(&str, &str)]) -> bool {
        let labels: StringMap = labels
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect();
        matches(&parse(text).expect("it is a selector"), &labels)
    }

    #[test]
    fn every_form_as_kubectl_means_it() {
        let labels = [
            ("app", "web"),
            ("tier", "front"),
            ("rank", "7"),
            ("off", ""),
        ];
        for text in [
            "",
            "  ",
            "app",
            "app=web",
            "app == web",
            "app = web , tier in (front, back)",
            "!canary",
            "canary!=yes",
            "canary notin (yes)",
            "tier notin (back)",
            "rank>6,rank<8",
            "off=",
            "off in ()",
            "app in (,web)",
        ] {
            assert!(selects(text, &labels), "{text}");
        }
        for text in [
            "app=api",
            "!app",
            "app!=web",
            "canary",
            "tier in (back)",
            "tier notin (front)",
            "rank>7",
            "app=web,tier=back",
            "app=",
        ] {
            assert!(!selects(text, &labels), "{text}");
        }
    }

    #[test]
    fn a_label_may_be_called_in() {
        assert!(selects("in=web", &[("in", "web")]));
        assert!(selects("in in (in)", &[("in", "in")]));
        assert!(selects(
            "example.com/app=web",
            &[("example.com/app", "web")]
        ));
    }

    #[test]
    fn what_cannot_be_read_is_said_in_a_line() {
        let error = |text: &str| parse(text).expect_err("it is none");
        assert_eq!(error("app=web,"), "expected a label's name, found the end");
        assert_eq!(error("app in web"), "expected (, found “web”");
        assert_eq!(error("app in (web"), "expected a comma or ), found the end");
        assert_eq!(error("app=web tier=x"), "expected a comma, found “tier”");
        assert_eq!(
            error("app web"),
            "expected =, !=, in, notin, < or > behind “app”, found “web”"
        );
        assert_eq!(error("rank>x"), "> needs a whole number");
        assert_eq!(error("-app"), "“-app” is no name of a label");
        assert_eq!(error("app=a🦀b"), "“a🦀b” is no value of a label");
    }
}
