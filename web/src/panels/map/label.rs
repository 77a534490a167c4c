//! Text that fits: shortened by an estimate of its width, since nothing on the map is measured.

/// The text in at most `width` units at this font size; the middle goes first, for names differ at their ends.
pub(super) fn fit(text: &str, width: i32, size: i32, mono: bool) -> String {
    let room = f64::from(width) / f64::from(size);
    let of = |c: char| advance(c, mono);
    let total: f64 = text.chars().map(of).sum();
    if total <= room {
        return text.to_owned();
    }
    let room = room - of('…');
    let (mut head, mut tail) = (String::new(), String::new());
    let mut left = text.chars().collect::<std::collections::VecDeque<char>>();
    let mut used = 0.0;
    // Two of the head for one of the tail.
    for nth in 0.. {
        let from_tail = nth % 3 == 2;
        let next = if from_tail { left.back() } else { left.front() };
        let Some(next) = next.copied() else { break };
        used += of(next);
        if used > room {
            break;
        }
        if from_tail {
            left.pop_back();
            tail.insert(0, next);
        } else {
            left.pop_front();
            head.push(next);
        }
    }
    format!("{head}…{tail}")
}

/// Width of a character in ems: on the safe side for the page's two fonts.
fn advance(c: char, mono: bool) -> f64 {
    if c >= '\u{1f000}' {
        // Pictures are wider than they are high.
        return 1.4;
    }
    if !c.is_ascii() && !('\u{a0}'..='\u{24f}').contains(&c) && c != '…' && c != '→' && c != '×'
    {
        // Other scripts: whatever font the system has.
        return 1.05;
    }
    if mono {
        return 0.6;
    }
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' => 0.3,
        'f' | 't' | 'r' | '-' | '/' | '(' | ')' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        'A'..='Z' | '…' | '→' => 0.72,
        _ => 0.6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays() {
        assert_eq!(fit("web", 100, 12, false), "web");
        assert_eq!(fit("", 0, 12, false), "");
    }

    #[test]
    fn the_end_of_a_long_name_is_kept() {
        assert_eq!(
            fit("recommendation-7d4b9c-x2k9q", 90, 12, true),
            "recommen…k9q"
        );
    }

    #[test]
    fn wide_characters_take_more_room() {
        let crabs = "🦀".repeat(20);
        assert!(fit(&crabs, 120, 12, false).chars().count() <= 10);
    }
}
