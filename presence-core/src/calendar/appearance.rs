//! How a meeting is drawn.

use serde::{Deserialize, Serialize};

use super::meeting::{Importance, ShowAs};

/// The look of a meeting: the fill follows its importance, the bar at its left edge follows its show-as.
///
/// The two are independent: no fill says anything about the bar.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Appearance {
    /// The fill.
    pub fill: Fill,
    /// The bar at the left edge.
    pub bar: Bar,
}

impl Appearance {
    /// The look of a meeting with this show-as and importance.
    #[must_use]
    pub const fn of(show_as: ShowAs, importance: Importance) -> Self {
        Self { fill: Fill::of(importance), bar: Bar::of(show_as) }
    }
}

/// The fill of a meeting. The names are those of the Outlook colours; a [`Palette`] says what is painted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fill {
    /// Normal importance.
    Yellow,
    /// High importance.
    Red,
    /// Low importance.
    Blue,
}

impl Fill {
    const fn of(importance: Importance) -> Self {
        match importance {
            Importance::Normal => Self::Yellow,
            Importance::High => Self::Red,
            Importance::Low => Self::Blue,
        }
    }
}

/// The bar at the left edge of a meeting. Busy, free and out of office look as in Outlook; the rest is ours.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Bar {
    /// Busy: the fill shows through.
    Transparent,
    /// Free.
    White,
    /// Out of office.
    Purple,
    /// Tentative.
    Striped,
    /// Working elsewhere.
    Dotted,
    /// No data.
    Grey,
}

impl Bar {
    const fn of(show_as: ShowAs) -> Self {
        match show_as {
            ShowAs::Busy => Self::Transparent,
            ShowAs::Free => Self::White,
            ShowAs::OutOfOffice => Self::Purple,
            ShowAs::Tentative => Self::Striped,
            ShowAs::WorkingElsewhere => Self::Dotted,
            ShowAs::NoData => Self::Grey,
        }
    }
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a colour has three channels")]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A shape that says the same as a colour, for eyes that do not tell the colours apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Shape {
    /// None: the colour stands alone, beside its text.
    Plain,
    /// Diagonal stripes.
    Stripes,
    /// Small dots.
    Dots,
    /// A disc.
    Disc,
    /// A triangle that points up.
    Up,
    /// A triangle that points down.
    Down,
    /// A filled square.
    Square,
    /// An empty ring.
    Ring,
    /// An arrow that points out of the meeting.
    Arrow,
    /// A cross.
    Cross,
}

/// What is painted for one [`Fill`] or [`Bar`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Swatch {
    /// The colour; of stripes and dots the colour on white. Of a transparent bar: white, for where nothing can shine
    /// through.
    pub rgb: Rgb,
    /// The colour as CSS writes it, `#rrggbb`, or `#rrggbbaa` where it is transparent.
    pub css: &'static str,
    /// A name for a CSS class.
    pub class: &'static str,
    /// The shape beside the colour.
    pub shape: Shape,
    /// What it means, in English: the colour is never the only carrier.
    pub text: &'static str,
}

/// A theme as data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Palette {
    yellow: Swatch,
    red: Swatch,
    blue: Swatch,
    transparent: Swatch,
    white: Swatch,
    purple: Swatch,
    striped: Swatch,
    dotted: Swatch,
    grey: Swatch,
}

impl Palette {
    /// The colours of Outlook, recognised at a glance. The default.
    #[must_use]
    pub const fn outlook() -> Self {
        Self {
            yellow: NORMAL.painted(Rgb(0xFF, 0xE6, 0x99), "#FFE699", Shape::Plain),
            red: HIGH.painted(Rgb(0xF4, 0xA6, 0xA0), "#F4A6A0", Shape::Plain),
            blue: LOW.painted(Rgb(0xA9, 0xCB, 0xEE), "#A9CBEE", Shape::Plain),
            transparent: BUSY.painted(WHITE, CLEAR, Shape::Plain),
            white: FREE.painted(WHITE, "#FFFFFF", Shape::Plain),
            purple: OUT_OF_OFFICE.painted(Rgb(0x7A, 0x3E, 0x9D), "#7A3E9D", Shape::Plain),
            striped: TENTATIVE.painted(Rgb(0x1F, 0x5F, 0xA8), "#1F5FA8", Shape::Stripes),
            dotted: ELSEWHERE.painted(Rgb(0x1F, 0x5F, 0xA8), "#1F5FA8", Shape::Dots),
            grey: NO_DATA.painted(Rgb(0x9E, 0x9E, 0x9E), "#9E9E9E", Shape::Plain),
        }
    }

    /// A shape for every fill and bar, beside colours that differ more in brightness and keep the order in which the
    /// [`outlook`](Self::outlook) ones darken: for colour-blind users.
    #[must_use]
    pub const fn shapes() -> Self {
        Self {
            yellow: NORMAL.painted(Rgb(0xF0, 0xE4, 0x42), "#F0E442", Shape::Disc),
            red: HIGH.painted(Rgb(0xD5, 0x5E, 0x00), "#D55E00", Shape::Up),
            blue: LOW.painted(Rgb(0x56, 0xB4, 0xE9), "#56B4E9", Shape::Down),
            transparent: BUSY.painted(WHITE, CLEAR, Shape::Square),
            white: FREE.painted(WHITE, "#FFFFFF", Shape::Ring),
            purple: OUT_OF_OFFICE.painted(Rgb(0x3B, 0x0F, 0x55), "#3B0F55", Shape::Arrow),
            striped: TENTATIVE.painted(Rgb(0x00, 0x72, 0xB2), "#0072B2", Shape::Stripes),
            dotted: ELSEWHERE.painted(Rgb(0x00, 0x72, 0xB2), "#0072B2", Shape::Dots),
            grey: NO_DATA.painted(Rgb(0xB4, 0xB4, 0xB4), "#B4B4B4", Shape::Cross),
        }
    }

    /// What is painted for `fill`.
    #[must_use]
    pub const fn fill(&self, fill: Fill) -> Swatch {
        match fill {
            Fill::Yellow => self.yellow,
            Fill::Red => self.red,
            Fill::Blue => self.blue,
        }
    }

    /// What is painted for `bar`.
    #[must_use]
    pub const fn bar(&self, bar: Bar) -> Swatch {
        match bar {
            Bar::Transparent => self.transparent,
            Bar::White => self.white,
            Bar::Purple => self.purple,
            Bar::Striped => self.striped,
            Bar::Dotted => self.dotted,
            Bar::Grey => self.grey,
        }
    }
}

impl Default for Palette {
    fn default() -> Self {
        Self::outlook()
    }
}

const WHITE: Rgb = Rgb(0xFF, 0xFF, 0xFF);
const CLEAR: &str = "#FFFFFF00";

// What palettes have in common, so that no theme renames a class or a meaning.
const NORMAL: Meaning = Meaning { class: "importance-normal", text: "normal importance" };
const HIGH: Meaning = Meaning { class: "importance-high", text: "high importance" };
const LOW: Meaning = Meaning { class: "importance-low", text: "low importance" };
const BUSY: Meaning = Meaning { class: "show-as-busy", text: "busy" };
const FREE: Meaning = Meaning { class: "show-as-free", text: "free" };
const OUT_OF_OFFICE: Meaning = Meaning { class: "show-as-out-of-office", text: "out of office" };
const TENTATIVE: Meaning = Meaning { class: "show-as-tentative", text: "tentative" };
const ELSEWHERE: Meaning = Meaning { class: "show-as-working-elsewhere", text: "working elsewhere" };
const NO_DATA: Meaning = Meaning { class: "show-as-no-data", text: "no data" };

struct Meaning {
    class: &'static str,
    text: &'static str,
}

impl Meaning {
    const fn painted(&self, rgb: Rgb, css: &'static str, shape: Shape) -> Swatch {
        Swatch { rgb, css, class: self.class, shape, text: self.text }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const SHOW_AS: [ShowAs; 6] =
        [ShowAs::NoData, ShowAs::Free, ShowAs::WorkingElsewhere, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice];
    const IMPORTANCE: [Importance; 3] = [Importance::Low, Importance::Normal, Importance::High];
    const FILLS: [Fill; 3] = [Fill::Yellow, Fill::Red, Fill::Blue];
    const BARS: [Bar; 6] = [Bar::Transparent, Bar::White, Bar::Purple, Bar::Striped, Bar::Dotted, Bar::Grey];

    fn fill(importance: Importance) -> Fill {
        Appearance::of(ShowAs::Busy, importance).fill
    }

    fn bar(show_as: ShowAs) -> Bar {
        Appearance::of(show_as, Importance::Normal).bar
    }

    fn swatches(palette: Palette) -> Vec<Swatch> {
        let fills = FILLS.into_iter().map(|fill| palette.fill(fill));
        fills.chain(BARS.into_iter().map(|bar| palette.bar(bar))).collect()
    }

    fn brightness(Rgb(red, green, blue): Rgb) -> f64 {
        let linear = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// S0.10, S0.11, S0.12
    #[test]
    fn the_fill_follows_the_importance() {
        assert_eq!(fill(Importance::Normal), Fill::Yellow);
        assert_eq!(fill(Importance::High), Fill::Red);
        assert_eq!(fill(Importance::Low), Fill::Blue);
    }

    /// S0.14, S0.15, S0.16
    #[test]
    fn the_bar_follows_the_show_as() {
        assert_eq!(bar(ShowAs::Busy), Bar::Transparent);
        assert_eq!(bar(ShowAs::Free), Bar::White);
        assert_eq!(bar(ShowAs::OutOfOffice), Bar::Purple);
    }

    /// F.22
    #[test]
    fn tentative_and_working_elsewhere_look_like_nothing_else() {
        assert_eq!(bar(ShowAs::Tentative), Bar::Striped);
        assert_eq!(bar(ShowAs::WorkingElsewhere), Bar::Dotted);
        assert_eq!(SHOW_AS.map(bar).into_iter().collect::<HashSet<_>>().len(), SHOW_AS.len());
    }

    /// S0.13
    #[test]
    fn fill_and_bar_are_independent() {
        for show_as in SHOW_AS {
            for importance in IMPORTANCE {
                let look = Appearance::of(show_as, importance);
                assert_eq!((look.fill, look.bar), (fill(importance), bar(show_as)));
            }
        }
    }

    /// S0.9: the theme is data, and the one without a choice is that of Outlook.
    #[test]
    fn the_default_palette_has_the_colours_of_outlook() {
        let palette = Palette::default();
        assert_eq!(palette, Palette::outlook());
        assert_eq!(FILLS.map(|fill| palette.fill(fill).css), ["#FFE699", "#F4A6A0", "#A9CBEE"]);
        assert_eq!(palette.bar(Bar::Purple).css, "#7A3E9D");
        assert_eq!(palette.bar(Bar::White).css, "#FFFFFF");
        assert_eq!(palette.bar(Bar::Transparent).css, "#FFFFFF00");
    }

    /// F.23
    #[test]
    fn every_fill_and_bar_has_a_shape_of_its_own() {
        let shapes: HashSet<Shape> = swatches(Palette::shapes()).iter().map(|swatch| swatch.shape).collect();
        assert_eq!(shapes.len(), FILLS.len() + BARS.len());
        assert!(!shapes.contains(&Shape::Plain));
    }

    /// F.23
    #[test]
    fn the_second_palette_keeps_the_order_of_brightness() {
        let (outlook, shapes) = (swatches(Palette::outlook()), swatches(Palette::shapes()));
        for kind in [0..FILLS.len(), FILLS.len()..outlook.len()] {
            for (a, b) in kind.clone().flat_map(|a| kind.clone().map(move |b| (a, b))) {
                let order = |palette: &[Swatch]| brightness(palette[a].rgb).total_cmp(&brightness(palette[b].rgb));
                assert_eq!(order(&outlook), order(&shapes), "{} {}", outlook[a].text, outlook[b].text);
            }
        }
    }

    #[test]
    fn colour_is_never_the_only_carrier() {
        for palette in [Palette::outlook(), Palette::shapes()] {
            let all = swatches(palette);
            for distinct in [|swatch: &Swatch| swatch.text, |swatch: &Swatch| swatch.class] {
                assert_eq!(all.iter().map(distinct).collect::<HashSet<_>>().len(), all.len());
            }
        }
        assert_eq!(Palette::shapes().bar(Bar::Purple).text, "out of office");
    }

    #[test]
    fn css_says_the_same_as_rgb() {
        for Swatch { rgb: Rgb(red, green, blue), css, .. } in
            [Palette::outlook(), Palette::shapes()].into_iter().flat_map(swatches)
        {
            assert!(css.starts_with(&format!("#{red:02X}{green:02X}{blue:02X}")), "{css}");
        }
    }

    #[test]
    fn appearances_are_read_as_they_are_written() {
        let look = Appearance::of(ShowAs::Busy, Importance::High);
        let json = serde_json::to_string(&look).unwrap();
        assert_eq!(json, r#"{"fill":"red","bar":"transparent"}"#);
        assert_eq!(serde_json::from_str::<Appearance>(&json).unwrap(), look);
    }
}
