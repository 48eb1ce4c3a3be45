//! What somebody is doing, in a fixed vocabulary or in words of the site, and the languages it is shown in.

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::confidential::Confidential;

/// What somebody is doing, beside how available that makes them.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum Activity {
    /// Nothing is said; the availability has to do.
    #[default]
    None = 0,
    /// Available.
    Available = 1,
    /// Busy.
    Busy = 2,
    /// Away.
    Away = 3,
    /// In a call with one other party.
    InCall = 4,
    /// In a call with several parties.
    InConference = 5,
    /// In a meeting.
    InMeeting = 6,
    /// Showing something to others.
    Presenting = 7,
    /// To be interrupted only when it is urgent.
    UrgentInterruptionsOnly = 8,
    /// Not to be disturbed.
    DoNotDisturb = 9,
    /// Not in the office.
    OutOfOffice = 10,
    /// Away for a moment.
    BeRightBack = 11,
    /// Not at work now.
    OffWork = 12,
    /// Offline.
    Offline = 13,
    /// The device is not in use.
    Idle = 14,
    /// The telephone rings.
    Ringing = 15,
    /// Calling somebody.
    Dialling = 16,
    /// Calls go to the voicemail.
    ForwardedToVoicemail = 17,
    /// Calls go to another number.
    ForwardedToNumber = 18,
    /// Perhaps in an appointment.
    Tentative = 19,
    /// Working at another place.
    WorkingElsewhere = 20,
    /// At lunch.
    Lunch = 21,
    /// On a break.
    Break = 22,
    /// Out on an errand for the company.
    BusinessErrand = 23,
    /// Travelling for the company.
    BusinessTrip = 24,
    /// In a training.
    Training = 25,
    /// On vacation.
    Vacation = 26,
    /// On leave.
    Leave = 27,
    /// Absent, without saying why.
    Absent = 28,
    /// Has time off.
    TimeOff = 29,
    /// Does not come back today.
    GoneForTheDay = 30,
    /// Keeps time free to work undisturbed.
    FocusTime = 31,
}

impl Activity {
    /// All activities, in the order of their codes.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Available,
        Self::Busy,
        Self::Away,
        Self::InCall,
        Self::InConference,
        Self::InMeeting,
        Self::Presenting,
        Self::UrgentInterruptionsOnly,
        Self::DoNotDisturb,
        Self::OutOfOffice,
        Self::BeRightBack,
        Self::OffWork,
        Self::Offline,
        Self::Idle,
        Self::Ringing,
        Self::Dialling,
        Self::ForwardedToVoicemail,
        Self::ForwardedToNumber,
        Self::Tentative,
        Self::WorkingElsewhere,
        Self::Lunch,
        Self::Break,
        Self::BusinessErrand,
        Self::BusinessTrip,
        Self::Training,
        Self::Vacation,
        Self::Leave,
        Self::Absent,
        Self::TimeOff,
        Self::GoneForTheDay,
        Self::FocusTime,
    ];

    /// The number it is stored under, less than 64; it never changes.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The activity with this code, `None` if there is none.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The name, the same as in data: `in-call`.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Available => "available",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::InCall => "in-call",
            Self::InConference => "in-conference",
            Self::InMeeting => "in-meeting",
            Self::Presenting => "presenting",
            Self::UrgentInterruptionsOnly => "urgent-interruptions-only",
            Self::DoNotDisturb => "do-not-disturb",
            Self::OutOfOffice => "out-of-office",
            Self::BeRightBack => "be-right-back",
            Self::OffWork => "off-work",
            Self::Offline => "offline",
            Self::Idle => "idle",
            Self::Ringing => "ringing",
            Self::Dialling => "dialling",
            Self::ForwardedToVoicemail => "forwarded-to-voicemail",
            Self::ForwardedToNumber => "forwarded-to-number",
            Self::Tentative => "tentative",
            Self::WorkingElsewhere => "working-elsewhere",
            Self::Lunch => "lunch",
            Self::Break => "break",
            Self::BusinessErrand => "business-errand",
            Self::BusinessTrip => "business-trip",
            Self::Training => "training",
            Self::Vacation => "vacation",
            Self::Leave => "leave",
            Self::Absent => "absent",
            Self::TimeOff => "time-off",
            Self::GoneForTheDay => "gone-for-the-day",
            Self::FocusTime => "focus-time",
        }
    }

    /// Whether this is a conversation on the telephone: a ringing or dialling telephone is not one yet.
    #[must_use]
    pub const fn is_call(self) -> bool {
        matches!(self, Self::InCall | Self::InConference)
    }

    /// The activity in words, in the language of `lcid` or, when that is not one of the six, in English.
    ///
    /// The translations are ours, not a vendor's. Only the language counts: Swedish of Finland is Swedish. The text of
    /// [`None`](Self::None) is empty.
    #[must_use]
    pub const fn text(self, lcid: Lcid) -> &'static str {
        let [en, sv, no, da, fi, de] = self.texts();
        match lcid.primary() {
            SWEDISH => sv,
            NORWEGIAN => no,
            DANISH => da,
            FINNISH => fi,
            GERMAN => de,
            _ => en,
        }
    }

    /// In English, Swedish, Norwegian, Danish, Finnish, German.
    #[rustfmt::skip]
    const fn texts(self) -> [&'static str; 6] {
        match self {
            Self::None => [""; 6],
            Self::Available =>
                ["Available", "Tillgänglig", "Tilgjengelig", "Tilgængelig", "Tavoitettavissa", "Verfügbar"],
            Self::Busy => ["Busy", "Upptagen", "Opptatt", "Optaget", "Varattu", "Beschäftigt"],
            Self::Away => ["Away", "Borta", "Borte", "Ikke til stede", "Poissa", "Abwesend"],
            Self::InCall => ["In a call", "I samtal", "I samtale", "I samtale", "Puhelussa", "Im Gespräch"],
            Self::InConference => [
                "In a conference call", "I konferenssamtal", "I konferansesamtale", "I konferenceopkald",
                "Neuvottelupuhelussa", "In einer Telefonkonferenz",
            ],
            Self::InMeeting => ["In a meeting", "I möte", "I møte", "I møde", "Kokouksessa", "In einer Besprechung"],
            Self::Presenting =>
                ["Presenting", "Presenterar", "Presenterer", "Præsenterer", "Pitää esitystä", "Präsentiert"],
            Self::UrgentInterruptionsOnly => [
                "Urgent interruptions only", "Endast brådskande avbrott", "Kun viktige avbrytelser",
                "Kun vigtige afbrydelser", "Vain kiireelliset yhteydenotot", "Nur dringende Störungen",
            ],
            Self::DoNotDisturb =>
                ["Do not disturb", "Stör ej", "Ikke forstyrr", "Forstyr ikke", "Älä häiritse", "Nicht stören"],
            Self::OutOfOffice => [
                "Out of office", "Ej på kontoret", "Ikke på kontoret", "Ikke på kontoret", "Poissa toimistosta",
                "Nicht im Büro",
            ],
            Self::BeRightBack => [
                "Be right back", "Strax tillbaka", "Straks tilbake", "Straks tilbage", "Palaan pian",
                "Bin gleich zurück",
            ],
            Self::OffWork =>
                ["Off work", "Inte i tjänst", "Ikke på jobb", "Ikke på arbejde", "Ei töissä", "Nicht im Dienst"],
            Self::Offline => ["Offline", "Offline", "Frakoblet", "Offline", "Offline-tilassa", "Offline"],
            Self::Idle => ["Inactive", "Inaktiv", "Inaktiv", "Inaktiv", "Ei aktiivinen", "Inaktiv"],
            Self::Ringing => ["Ringing", "Det ringer", "Det ringer", "Det ringer", "Puhelin soi", "Es klingelt"],
            Self::Dialling => ["Dialling", "Ringer upp", "Ringer opp", "Ringer op", "Soittaa", "Wählt"],
            Self::ForwardedToVoicemail => [
                "Forwarded to voicemail", "Vidarekopplad till röstbrevlåda", "Viderekoblet til telefonsvarer",
                "Viderestillet til telefonsvarer", "Siirretty vastaajaan", "Zur Mailbox umgeleitet",
            ],
            Self::ForwardedToNumber => [
                "Forwarded to another number", "Vidarekopplad till annat nummer", "Viderekoblet til annet nummer",
                "Viderestillet til andet nummer", "Siirretty toiseen numeroon", "Auf andere Nummer umgeleitet",
            ],
            Self::Tentative =>
                ["Tentative", "Preliminär", "Foreløpig", "Foreløbig", "Alustava", "Mit Vorbehalt"],
            Self::WorkingElsewhere => [
                "Working elsewhere", "Arbetar på annan plats", "Jobber et annet sted", "Arbejder et andet sted",
                "Työskentelee muualla", "An anderem Ort tätig",
            ],
            Self::Lunch => ["At lunch", "Lunch", "Lunsj", "Frokost", "Lounaalla", "Mittagspause"],
            Self::Break => ["On a break", "Rast", "Pause", "Pause", "Tauolla", "Pause"],
            Self::BusinessErrand => [
                "On a business errand", "Tjänsteärende", "Tjenesteærend", "Tjenesteærinde", "Työasialla",
                "Dienstgang",
            ],
            Self::BusinessTrip => [
                "On a business trip", "Tjänsteresa", "Tjenestereise", "Tjenesterejse", "Työmatkalla", "Dienstreise",
            ],
            Self::Training => ["In training", "Utbildning", "Kurs", "Kursus", "Koulutuksessa", "Schulung"],
            Self::Vacation => ["On vacation", "Semester", "Ferie", "Ferie", "Lomalla", "Urlaub"],
            Self::Leave => ["On leave", "Tjänstledig", "Permisjon", "Orlov", "Virkavapaalla", "Freigestellt"],
            Self::Absent => ["Absent", "Frånvarande", "Fraværende", "Fraværende", "Poissa", "Abwesend"],
            Self::TimeOff => ["Time off", "Ledig", "Avspasering", "Afspadsering", "Vapaalla", "Frei"],
            Self::GoneForTheDay => [
                "Gone for the day", "Gått för dagen", "Gått for dagen", "Gået for i dag", "Lähtenyt tältä päivältä",
                "Für heute gegangen",
            ],
            Self::FocusTime => ["Focusing", "Fokustid", "Fokustid", "Fokustid", "Keskittymisaika", "Fokuszeit"],
        }
    }
}

/// A language and region as a Microsoft locale identifier: 1033 is English of the United States.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lcid(u32);

impl Lcid {
    /// English, United States: 1033.
    pub const ENGLISH: Self = Self(1_033);
    /// Swedish, Sweden: 1053.
    pub const SWEDISH: Self = Self(1_053);
    /// Norwegian Bokmål, Norway: 1044.
    pub const NORWEGIAN: Self = Self(1_044);
    /// Danish, Denmark: 1030.
    pub const DANISH: Self = Self(1_030);
    /// Finnish, Finland: 1035.
    pub const FINNISH: Self = Self(1_035);
    /// German, Germany: 1031.
    pub const GERMAN: Self = Self(1_031);

    /// The locale with this identifier. Every number is taken, also one that names no locale.
    #[must_use]
    pub const fn new(identifier: u32) -> Self {
        Self(identifier)
    }

    /// The identifier.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The language without the region: the low ten bits.
    #[must_use]
    pub const fn primary(self) -> u32 {
        self.0 & 0x3FF
    }
}

/// One text in several languages, as a person or a site wrote it.
///
/// `Debug` shows the languages and masks the texts. In data it is a list of pairs of locale and text; an error in it
/// does not repeat the data.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalTexts(Box<[(Lcid, Confidential<Arc<str>>)]>);

impl LocalTexts {
    /// The texts in the given order. Only the first 64 are kept, and of two for the same locale the first is found.
    #[must_use]
    pub fn new(mut texts: Vec<(Lcid, Confidential<Arc<str>>)>) -> Self {
        texts.truncate(MOST_TEXTS);
        Self(texts.into())
    }

    /// The text to show to a reader of `lcid`: the one for this locale, else one in the same language, else the
    /// English one, else the first. `None` only when there is no text at all.
    #[must_use]
    pub fn get(&self, lcid: Lcid) -> Option<&Confidential<Arc<str>>> {
        self.find(|one| one == lcid)
            .or_else(|| self.find(|one| one.primary() == lcid.primary()))
            .or_else(|| self.find(|one| one == Lcid::ENGLISH))
            .or_else(|| self.find(|one| one.primary() == Lcid::ENGLISH.primary()))
            .or_else(|| self.find(|_| true))
    }

    /// All texts with their locales, in the given order.
    pub fn iter(&self) -> impl Iterator<Item = (Lcid, &Confidential<Arc<str>>)> {
        self.0.iter().map(|(lcid, text)| (*lcid, text))
    }

    fn find(&self, wanted: impl Fn(Lcid) -> bool) -> Option<&Confidential<Arc<str>>> {
        self.0.iter().find(|(lcid, _)| wanted(*lcid)).map(|(_, text)| text)
    }
}

impl<'de> Deserialize<'de> for LocalTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // In a pair the wrong way round the text stands where a number is expected, and the usual message quotes it.
        Vec::deserialize(deserializer).map(Self::new).map_err(|_| D::Error::custom("invalid list of locales and texts"))
    }
}

/// More languages than anybody has; a bound keeps hostile data cheap.
const MOST_TEXTS: usize = 64;

const SWEDISH: u32 = Lcid::SWEDISH.primary();
const NORWEGIAN: u32 = Lcid::NORWEGIAN.primary();
const DANISH: u32 = Lcid::DANISH.primary();
const FINNISH: u32 = Lcid::FINNISH.primary();
const GERMAN: u32 = Lcid::GERMAN.primary();

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Lcid; 6] =
        [Lcid::ENGLISH, Lcid::SWEDISH, Lcid::NORWEGIAN, Lcid::DANISH, Lcid::FINNISH, Lcid::GERMAN];

    fn texts(list: &[(u32, &str)]) -> LocalTexts {
        LocalTexts::new(list.iter().map(|(lcid, text)| (Lcid::new(*lcid), Confidential::new((*text).into()))).collect())
    }

    fn found(texts: &LocalTexts, lcid: u32) -> Option<&str> {
        texts.get(Lcid::new(lcid)).map(|text| &**text.reveal())
    }

    #[test]
    fn codes_are_small_and_come_back() {
        for (place, activity) in Activity::ALL.iter().enumerate() {
            assert_eq!(usize::from(activity.code()), place);
            assert_eq!(Activity::from_code(activity.code()), Some(*activity));
        }
        assert!(Activity::ALL.len() <= 64);
        assert_eq!(Activity::from_code(32), None);
        assert_eq!(Activity::from_code(u8::MAX), None);
        assert_eq!(Activity::default(), Activity::None);
    }

    /// What is stored must not change its meaning: some codes, written out.
    #[test]
    fn codes_stay_what_they_are() {
        assert_eq!(Activity::InCall.code(), 4);
        assert_eq!(Activity::Offline.code(), 13);
        assert_eq!(Activity::WorkingElsewhere.code(), 20);
        assert_eq!(Activity::FocusTime.code(), 31);
    }

    #[test]
    fn a_token_is_the_name_in_data() {
        for activity in Activity::ALL {
            assert_eq!(serde_json::to_value(activity).unwrap(), activity.token());
            assert_eq!(serde_json::from_value::<Activity>(activity.token().into()).unwrap(), *activity);
        }
    }

    #[test]
    fn only_conversations_are_calls() {
        let calls = Activity::ALL.iter().filter(|activity| activity.is_call()).collect::<Vec<_>>();
        assert_eq!(calls, [&Activity::InCall, &Activity::InConference]);
    }

    #[test]
    fn every_activity_but_none_has_a_text_in_every_language() {
        for lcid in LANGUAGES {
            for activity in Activity::ALL {
                assert_eq!(activity.text(lcid).is_empty(), *activity == Activity::None, "{activity:?} {lcid:?}");
            }
        }
    }

    #[test]
    fn the_language_decides_and_english_stands_in() {
        let texts = LANGUAGES.map(|lcid| Activity::DoNotDisturb.text(lcid));
        assert_eq!(
            texts,
            ["Do not disturb", "Stör ej", "Ikke forstyrr", "Forstyr ikke", "Älä häiritse", "Nicht stören"]
        );
        assert_eq!(Activity::Busy.text(Lcid::new(2_077)), "Upptagen", "Swedish of Finland");
        assert_eq!(Activity::Busy.text(Lcid::new(2_068)), "Opptatt", "Norwegian Nynorsk");
        assert_eq!(Activity::Busy.text(Lcid::new(1_036)), "Busy", "French");
    }

    /// S4.42: the locales of the published examples (English, Spanish, Russian, French) by their numbers.
    #[test]
    fn the_primary_language_is_the_low_ten_bits() {
        let primaries = [1_033, 3_082, 1_049, 1_036].map(|lcid| Lcid::new(lcid).primary());
        assert_eq!(primaries, [0x09, 0x0A, 0x19, 0x0C]);
        assert_eq!(LANGUAGES.map(Lcid::get), [1_033, 1_053, 1_044, 1_030, 1_035, 1_031]);
        assert_eq!(Lcid::new(0xFFFF_FFFF).primary(), 0x3FF);
        assert_eq!(serde_json::to_string(&Lcid::SWEDISH).unwrap(), "1053");
        assert_eq!(serde_json::from_str::<Lcid>("1053").unwrap(), Lcid::SWEDISH);
    }

    /// S4.43: each reader gets the text of the own locale.
    #[test]
    fn a_reader_gets_the_text_of_the_own_locale() {
        let texts = texts(&[(1_033, "en"), (3_082, "es"), (1_049, "ru"), (1_036, "fr")]);
        let got = [1_033, 3_082, 1_049, 1_036].map(|lcid| found(&texts, lcid));
        assert_eq!(got, [Some("en"), Some("es"), Some("ru"), Some("fr")]);
    }

    #[test]
    fn a_missing_locale_falls_back_to_language_then_english_then_first() {
        let many = texts(&[(1_053, "sv"), (2_057, "en-GB"), (1_033, "en-US"), (2_077, "sv-FI")]);
        assert_eq!(found(&many, 2_077), Some("sv-FI"), "exact, though the language comes earlier");
        assert_eq!(found(&many, 0x041D + 0x0800), Some("sv"), "the same language");
        assert_eq!(found(&many, 1_031), Some("en-US"), "English of the United States first");
        assert_eq!(found(&texts(&[(1_053, "sv"), (2_057, "en-GB")]), 1_031), Some("en-GB"), "any English");
        assert_eq!(found(&texts(&[(1_053, "sv"), (1_030, "da")]), 1_031), Some("sv"), "the first");
        assert_eq!(found(&texts(&[]), 1_033), None);
        assert_eq!(found(&texts(&[(1_033, "one"), (1_033, "two")]), 1_033), Some("one"));
    }

    #[test]
    fn texts_beyond_64_are_cut() {
        let list = (0..65).map(|place| (Lcid::new(place), Confidential::new("x".into()))).collect::<Vec<_>>();
        let texts = LocalTexts::new(list.clone());
        assert_eq!(texts, LocalTexts::new(list.into_iter().take(64).collect()));
        assert_eq!(texts.0.len(), 64);
    }

    #[test]
    fn debug_shows_the_languages_only() {
        let texts = texts(&[(1_033, "at the dentist")]);
        assert_eq!(format!("{texts:?}"), "LocalTexts([(Lcid(1033), ***)])");
    }

    #[test]
    fn texts_are_read_as_pairs() {
        let read: LocalTexts = serde_json::from_str(r#"[[1033, "Out"], [1053, "Ute på ärende"]]"#).unwrap();
        assert_eq!(read, texts(&[(1_033, "Out"), (1_053, "Ute på ärende")]));
    }

    #[test]
    fn an_error_does_not_repeat_the_texts() {
        let swapped = serde_json::from_str::<LocalTexts>(r#"[["at the dentist", 1033]]"#).unwrap_err();
        assert!(swapped.to_string().contains("invalid list of locales and texts"), "{swapped}");
        assert!(!swapped.to_string().contains("dentist"), "{swapped}");
    }
}
