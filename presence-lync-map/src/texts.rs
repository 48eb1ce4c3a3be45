//! Languages by their Microsoft numbers, the choice among several, and what to write where no text was published.

use presence_core::{Band, Lcid};

use crate::activity::{ActivityToken, band_activity};
use crate::bands::RawAvailability;

/// A language of a region.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Locale {
    /// The number.
    pub lcid: Lcid,
    /// The usual name: `sv-SE`.
    pub name: &'static str,
    /// The language, in English.
    pub language: &'static str,
}

impl Locale {
    const fn new(lcid: u32, name: &'static str, language: &'static str) -> Self {
        Self { lcid: Lcid::new(lcid), name, language }
    }
}

/// The locales whose names are known here, by number. Texts may be published for any other just as well.
pub const LOCALES: &[Locale] = &[
    Locale::new(1_029, "cs-CZ", "Czech"),
    Locale::new(1_030, "da-DK", "Danish"),
    Locale::new(1_031, "de-DE", "German"),
    Locale::new(1_033, "en-US", "English"),
    // Spanish of Spain has two numbers: 1034 in the traditional sorting order, 3082 in the modern one.
    Locale::new(1_034, "es-ES_tradnl", "Spanish"),
    Locale::new(1_035, "fi-FI", "Finnish"),
    Locale::new(1_036, "fr-FR", "French"),
    Locale::new(1_039, "is-IS", "Icelandic"),
    Locale::new(1_040, "it-IT", "Italian"),
    Locale::new(1_043, "nl-NL", "Dutch"),
    Locale::new(1_044, "nb-NO", "Norwegian Bokmål"),
    Locale::new(1_045, "pl-PL", "Polish"),
    Locale::new(1_046, "pt-BR", "Portuguese"),
    Locale::new(1_049, "ru-RU", "Russian"),
    Locale::new(1_053, "sv-SE", "Swedish"),
    Locale::new(1_058, "uk-UA", "Ukrainian"),
    Locale::new(2_055, "de-CH", "German"),
    Locale::new(2_057, "en-GB", "English"),
    Locale::new(2_058, "es-MX", "Spanish"),
    Locale::new(2_068, "nn-NO", "Norwegian Nynorsk"),
    Locale::new(2_070, "pt-PT", "Portuguese"),
    Locale::new(2_077, "sv-FI", "Swedish"),
    Locale::new(3_079, "de-AT", "German"),
    Locale::new(3_082, "es-ES", "Spanish"),
];

/// The locale with this number, if its name is known here.
#[must_use]
pub fn locale(lcid: Lcid) -> Option<&'static Locale> {
    LOCALES.iter().find(|locale| locale.lcid == lcid)
}

/// The locale with this name, in any case: `sv-se`.
#[must_use]
pub fn locale_named(name: &str) -> Option<&'static Locale> {
    LOCALES.iter().find(|locale| locale.name.eq_ignore_ascii_case(name))
}

/// A locale number as documents write it: decimal digits, with blanks around them tolerated.
///
/// # Errors
///
/// When it is something else, or 0, which names no locale. A text with such a number is better left out than guessed at.
pub fn parse_lcid(text: &str) -> Result<Lcid, InvalidLcid> {
    let digits = text.trim();
    // `u32::from_str` would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidLcid);
    }
    match digits.parse() {
        Ok(0) | Err(_) => Err(InvalidLcid),
        Ok(number) => Ok(Lcid::new(number)),
    }
}

/// It is not a locale number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a locale is a decimal number larger than `0`")]
#[non_exhaustive]
pub struct InvalidLcid;

/// What was found for a reader, and how well it fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Chosen<'a, T> {
    /// The locale of the text.
    pub lcid: Lcid,
    /// The text.
    pub text: &'a T,
    /// How well it fits.
    pub fit: Fit,
}

/// How well a text fits its reader, from well to badly.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Fit {
    /// It is for the reader's own locale.
    Exact,
    /// It is in the reader's language, of another region.
    Language,
    /// It is in English, which the reader did not ask for.
    English,
    /// It is in whatever language there was.
    Any,
}

/// The text for a reader: the one for this locale, else one in the same language, else English (of the United States,
/// if there is), else the first. Of two that fit alike, the first.
///
/// The documents only say that a client compares its own locale with those published; the rest of the chain is ours.
/// It is the one of [`LocalTexts`](presence_core::LocalTexts), and says besides how it came to its choice.
#[must_use]
pub fn choose<T>(texts: &[(Lcid, T)], reader: Lcid) -> Option<Chosen<'_, T>> {
    let rank = |lcid: Lcid| {
        if lcid == reader {
            (Fit::Exact, 0)
        } else if lcid.primary() == reader.primary() {
            (Fit::Language, 0)
        } else if lcid.primary() == Lcid::ENGLISH.primary() {
            (Fit::English, u8::from(lcid != Lcid::ENGLISH))
        } else {
            (Fit::Any, 0)
        }
    };
    let (lcid, text) = texts.iter().min_by_key(|(lcid, _)| rank(*lcid))?;
    Some(Chosen { lcid: *lcid, text, fit: rank(*lcid).0 })
}

/// What a token says, in the language of the reader or in English; `None` for an unknown token.
///
/// The words are ours, in English, Swedish, Norwegian, Danish, Finnish and German: documents carry the token only, and
/// each client has words of its own for it.
#[must_use]
pub fn token_text(token: &ActivityToken, reader: Lcid) -> Option<&'static str> {
    token.activity().map(|activity| activity.text(reader))
}

/// What a band says, in the language of the reader or in English. The words are ours, like those of [`token_text`].
#[must_use]
pub fn band_text(band: Band, reader: Lcid) -> &'static str {
    match band {
        Band::None => in_language(UNKNOWN, reader),
        Band::IdleBusy => in_language(BUSY_INACTIVE, reader),
        _ => band_activity(band).text(reader),
    }
}

/// What is asked first for the words to show: the open point of the documents.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TextOrder {
    /// The published texts, then the token.
    #[default]
    PublishedFirst,
    /// The token, then the published texts.
    TokenFirst,
}

/// Where the words to show come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Words<'a, T> {
    /// Somebody published them.
    Published(Chosen<'a, T>),
    /// They are ours, for the token.
    Token(&'static str),
    /// They are ours, for the availability, because there was nothing better.
    Band(&'static str),
}

/// The words to show for a state that came from a server.
#[must_use]
pub fn words<'a, T>(
    order: TextOrder,
    published: &'a [(Lcid, T)],
    token: Option<&ActivityToken>,
    raw: RawAvailability,
    reader: Lcid,
) -> Words<'a, T> {
    let published = choose(published, reader).map(Words::Published);
    let token = token.and_then(|token| token_text(token, reader)).map(Words::Token);
    let found = match order {
        TextOrder::PublishedFirst => published.or(token),
        TextOrder::TokenFirst => token.or(published),
    };
    found.unwrap_or_else(|| Words::Band(band_text(raw.band(), reader)))
}

/// In English, Swedish, Norwegian, Danish, Finnish, German.
type SixTexts = [&'static str; 6];

const UNKNOWN: SixTexts = [
    "Presence unknown",
    "Okänd närvaro",
    "Ukjent tilstedeværelse",
    "Ukendt tilstedeværelse",
    "Läsnäolo ei tiedossa",
    "Anwesenheit unbekannt",
];

const BUSY_INACTIVE: SixTexts = [
    "Busy, inactive",
    "Upptagen, inaktiv",
    "Opptatt, inaktiv",
    "Optaget, inaktiv",
    "Varattu, ei aktiivinen",
    "Beschäftigt, inaktiv",
];

fn in_language([en, sv, no, da, fi, de]: SixTexts, reader: Lcid) -> &'static str {
    let languages =
        [(Lcid::SWEDISH, sv), (Lcid::NORWEGIAN, no), (Lcid::DANISH, da), (Lcid::FINNISH, fi), (Lcid::GERMAN, de)];
    languages.iter().find(|(lcid, _)| lcid.primary() == reader.primary()).map_or(en, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: [Lcid; 6] = [Lcid::ENGLISH, Lcid::SWEDISH, Lcid::NORWEGIAN, Lcid::DANISH, Lcid::FINNISH, Lcid::GERMAN];

    fn pick(locales: &[u32], reader: u32) -> Option<(u32, Fit)> {
        let texts = locales.iter().map(|number| (Lcid::new(*number), ())).collect::<Vec<_>>();
        choose(&texts, Lcid::new(reader)).map(|chosen| (chosen.lcid.get(), chosen.fit))
    }

    /// S4.42: a text's locale is a Microsoft locale number; the published examples use four of them.
    #[test]
    fn locales_have_numbers_and_names() {
        let names = [1_033, 3_082, 1_049, 1_036].map(|number| locale(Lcid::new(number)).unwrap().name);
        assert_eq!(names, ["en-US", "es-ES", "ru-RU", "fr-FR"]);
        assert!(LOCALES.is_sorted_by(|one, next| one.lcid < next.lcid), "sorted, and no number twice");
        for entry in LOCALES {
            assert_eq!(locale_named(&entry.name.to_lowercase()), Some(entry));
        }
        assert_eq!(locale(Lcid::new(1)), None);
        assert_eq!(locale_named("xx"), None);
    }

    /// The primary language is in the low ten bits of the number, so one language of two regions agrees there.
    #[test]
    fn a_language_of_two_regions_is_one_language() {
        for one in LOCALES {
            for other in LOCALES {
                let same = one.name.get(..2) == other.name.get(..2);
                let norwegian = [one, other].iter().all(|locale| locale.name.ends_with("-NO"));
                assert_eq!(
                    one.lcid.primary() == other.lcid.primary(),
                    same || norwegian,
                    "{} {}",
                    one.name,
                    other.name
                );
            }
        }
    }

    #[test]
    fn a_locale_number_is_decimal() {
        assert_eq!(parse_lcid("1033"), Ok(Lcid::ENGLISH));
        assert_eq!(parse_lcid(" 1033 "), Ok(Lcid::ENGLISH));
        for bad in ["", " ", "0", "0x409", "+1033", "-1", "10 33", "en-US", "4294967296"] {
            assert_eq!(parse_lcid(bad), Err(InvalidLcid), "{bad}");
        }
    }

    /// S4.43: each reader gets the text of the own locale, and without one the next best.
    #[test]
    fn the_chain_goes_from_exact_to_any() {
        let published = [1_033, 3_082, 1_049, 1_036];
        for own in published {
            assert_eq!(pick(&published, own), Some((own, Fit::Exact)));
        }
        assert_eq!(pick(&published, 2_058), Some((3_082, Fit::Language)), "Spanish of Mexico");
        assert_eq!(pick(&[1_049, 2_057, 1_033], 1_053), Some((1_033, Fit::English)), "of the United States first");
        assert_eq!(pick(&[1_049, 2_057], 1_053), Some((2_057, Fit::English)), "any English");
        assert_eq!(pick(&[1_049, 1_036], 1_053), Some((1_049, Fit::Any)), "the first");
        assert_eq!(pick(&[2_057, 1_033], 3_081), Some((2_057, Fit::Language)), "an Australian reads English");
        assert_eq!(pick(&[], 1_033), None);
    }

    #[test]
    fn words_come_from_the_best_there_is() {
        let texts = [(Lcid::ENGLISH, "finishing notes")];
        let (token, odd) = (ActivityToken::ON_THE_PHONE, ActivityToken::new("odd"));
        let raw = RawAvailability::BUSY;
        let of = |order, texts, token| words::<&str>(order, texts, token, raw, Lcid::SWEDISH);
        let published = Words::Published(choose(&texts, Lcid::SWEDISH).unwrap());
        assert_eq!(of(TextOrder::PublishedFirst, &texts, Some(&token)), published);
        assert_eq!(of(TextOrder::TokenFirst, &texts, Some(&token)), Words::Token("I samtal"));
        assert_eq!(of(TextOrder::TokenFirst, &texts, None), published);
        assert_eq!(of(TextOrder::PublishedFirst, &[], Some(&token)), Words::Token("I samtal"));
        assert_eq!(of(TextOrder::PublishedFirst, &[], Some(&odd)), Words::Band("Upptagen"));
        assert_eq!(of(TextOrder::TokenFirst, &[], None), Words::Band("Upptagen"));
    }

    #[test]
    fn every_band_has_words_in_six_languages() {
        for reader in SIX {
            let texts = Band::ALL.map(|band| band_text(band, reader));
            for (place, text) in texts.iter().enumerate() {
                assert!(!text.is_empty());
                assert!(!texts[place + 1..].contains(text), "{text} twice in {reader:?}");
            }
        }
        assert_eq!(band_text(Band::IdleBusy, Lcid::new(2_055)), "Beschäftigt, inaktiv", "German of Switzerland");
        assert_eq!(band_text(Band::None, Lcid::new(1_036)), "Presence unknown", "French");
        assert_eq!(token_text(&ActivityToken::OFF_WORK, Lcid::GERMAN), Some("Nicht im Dienst"));
        assert_eq!(token_text(&ActivityToken::new("odd"), Lcid::GERMAN), None);
    }
}
