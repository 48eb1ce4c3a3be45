//! What was probably meant.

/// Longer words are not compared: what is compared takes time by the square of the length.
const LONGEST: usize = 64;

/// "did you mean …", or the words there are.
pub(super) fn suggestion<'a, I: IntoIterator<Item = &'a str>>(word: &str, known: I) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match (nearest(word, &known), known.as_slice()) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, []) => "there is none".to_owned(),
        (None, [only]) => format!("there is only `{only}`"),
        (None, _) => format!("there are {}", listed(&known)),
    }
}

/// "`a`, `b` and `c`".
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// The word that is nearest, unless none is near.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = folded(word)?;
    let distances = known.iter().filter_map(|other| Some((distance(&letters, &folded(other)?), *other)));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= (letters.len() / 2).clamp(1, 3)).then_some(nearest)
}

/// `Voice-Mail` and `voice_mail` are as good as the same; `None`: too long to compare.
fn folded(word: &str) -> Option<Vec<char>> {
    if word.len() > LONGEST {
        return None;
    }
    Some(word.chars().map(|c| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect())
}

/// How many letters must be added, left out, exchanged or swapped with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut next = vec![at + 1];
        for (other_at, other) in to.iter().enumerate() {
            let cost = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let exchanged = cost(&row, other_at) + usize::from(letter != other);
            let shifted = cost(&row, other_at + 1).min(cost(&next, other_at)) + 1;
            let swapped = match (at.checked_sub(1), other_at.checked_sub(1)) {
                (Some(a), Some(b)) if from.get(a) == Some(other) && to.get(b) == Some(letter) => cost(&before, b) + 1,
                _ => usize::MAX,
            };
            next.push(exchanged.min(shifted).min(swapped));
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested() {
        let known = ["department", "desk", "id", "name", "voicemail"];
        for (word, meant) in [
            ("dekc", "desk"),
            ("desks", "desk"),
            ("Voice-Mail", "voicemail"),
            ("nmae", "name"),
            ("departement", "department"),
            ("ID", "id"),
        ] {
            assert_eq!(suggestion(word, known), format!("did you mean `{meant}`?"), "{word}");
        }
    }

    #[test]
    fn where_nothing_is_near_all_are_listed() {
        assert_eq!(suggestion("zebra", ["id", "name", "desk"]), "there are `id`, `name` and `desk`");
        assert_eq!(suggestion("zebra", ["id"]), "there is only `id`");
        assert_eq!(suggestion("zebra", []), "there is none");
        assert_eq!(suggestion(&"d".repeat(10_000_000), ["desk"]), "there is only `desk`");
    }
}
