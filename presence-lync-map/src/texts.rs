//! Languages by their Microsoft numbers, the choice among several, and what to write where no text was published.

use presence_core::{Band, Lcid};

use crate::activity::ActivityToken;

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

/// The largest locale number: it has 20 bits.
pub(crate) const LARGEST_LCID: u32 = 0xF_FFFF;

/// A locale number as documents write it: decimal digits, with blanks around them tolerated.
///
/// # Errors
///
/// When it is something else, 0, which names no locale, or has more than 20 bits. A text with such a number is better
/// left out than guessed at.
pub fn parse_lcid(text: &str) -> Result<Lcid, InvalidLcid> {
    let number = decimal(text.trim()).map_err(|_| InvalidLcid)?;
    if (1..=LARGEST_LCID).contains(&number) { Ok(Lcid::new(number)) } else { Err(InvalidLcid) }
}

/// It is not a locale number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a locale is a decimal number from `1` to `{LARGEST_LCID}`")]
#[non_exhaustive]
pub struct InvalidLcid;

/// A number as documents and options write it: decimal digits and nothing else. The reader of the language would take
/// a sign as well.
pub(crate) fn decimal(text: &str) -> Result<u32, NotDecimal> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotDecimal::Digits);
    }
    text.parse().map_err(|_| NotDecimal::TooLarge)
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotDecimal {
    /// There are no digits, or not only digits.
    Digits,
    /// It is larger than any number anybody counts to.
    TooLarge,
}

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
        _ => band.activity().text(reader),
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
    use crate::agent_states::StateEntry;

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
        assert_eq!(parse_lcid("1048575"), Ok(Lcid::new(LARGEST_LCID)));
        for bad in ["", " ", "0", "0x409", "+1033", "-1", "10 33", "en-US", "1048576", "4294967296"] {
            assert_eq!(parse_lcid(bad), Err(InvalidLcid), "{bad}");
        }
        assert_eq!(InvalidLcid.to_string(), "a locale is a decimal number from `1` to `1048575`");
    }

    /// S4.42: what is read as a locale can be published as one, and nothing else.
    #[test]
    fn what_is_read_can_be_published() {
        for number in [0, 1, 1_033, LARGEST_LCID, LARGEST_LCID + 1, u32::MAX] {
            let mut entry = StateEntry::new("A".parse().unwrap(), 3_501).unwrap();
            let published = entry.add_text(Lcid::new(number), "ready");
            assert_eq!(parse_lcid(&number.to_string()).is_ok(), published.is_ok(), "{number}");
        }
    }

    #[test]
    fn digits_are_a_number() {
        assert_eq!((decimal("0"), decimal("007"), decimal("4294967295")), (Ok(0), Ok(7), Ok(u32::MAX)));
        assert_eq!(decimal("4294967296"), Err(NotDecimal::TooLarge));
        for bad in ["", "+1", "-1", " 1", "1 ", "1.0", "٣"] {
            assert_eq!(decimal(bad), Err(NotDecimal::Digits), "{bad}");
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
