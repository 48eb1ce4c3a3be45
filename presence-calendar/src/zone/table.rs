//! Names of zones that are in no public table: what older Windows versions and translated ones call them.
//!
//! The table is our own and small: names that were seen in calendars, or are shown by Windows in the languages of our
//! users. The current English names that Windows shows are not here, they come with the Windows names. What is missing
//! means the rules in the file, or the zone of the mailbox with a warning, so a missing line costs an hour at most where
//! somebody is told of it. A name that could mean two zones does not belong here.

use chrono_tz::Tz;

/// Zones, and names they are shown under, with or without an offset before them.
pub(super) const SHOWN: &[(Tz, &[&str])] = &[
    (Tz::UTC, &["Z", "tzone://Microsoft/Utc", "Universal Coordinated Time"]),
    (
        Tz::Europe__Berlin,
        &[
            // German, Swedish, Norwegian, Danish.
            "Amsterdam, Berlin, Bern, Rom, Stockholm, Wien",
            "Amsterdam, Berliini, Bern, Rooma, Tukholma, Wien",
            "Amsterdam, Berlin, Berne, Rome, Stockholm, Vienne",
            "Amsterdam, Berlijn, Bern, Rome, Stockholm, Wenen",
            "Amsterdam, Berlino, Berna, Roma, Stoccolma, Vienna",
            "Ámsterdam, Berlín, Berna, Roma, Estocolmo, Viena",
            "Amsterdam, Berlín, Berna, Roma, Estocolmo, Viena",
            "Mitteleuropäische Zeit",
            "Mitteleuropäische Normalzeit",
            "Västeuropa, normaltid",
            "Vest-Europa (normaltid)",
            "West-Europa (standaardtijd)",
            "Europe de l'Ouest",
        ],
    ),
    (
        Tz::Europe__Paris,
        &[
            "Brüssel, Kopenhagen, Madrid, Paris",
            "Bryssel, Köpenhamn, Madrid, Paris",
            "Brussel, København, Madrid, Paris",
            "Bruxelles, København, Madrid, Paris",
            "Bryssel, Kööpenhamina, Madrid, Pariisi",
            "Bruxelles, Copenhague, Madrid, Paris",
            "Bruselas, Copenhague, Madrid, París",
            "Brussel, Kopenhagen, Madrid, Parijs",
            "Paris, Madrid",
            "Hora estándar romance",
        ],
    ),
    (
        Tz::Europe__Budapest,
        &[
            "Belgrade, Pozsony, Budapest, Ljubljana, Prague",
            "Belgrad, Bratislava, Budapest, Ljubljana, Prag",
            "Belgrad, Bratislava (Pressburg), Budapest, Ljubljana, Prag",
            "Belgrado, Bratislava, Budapest, Liubliana, Praga",
            "Centraleuropa, normaltid",
        ],
    ),
    (
        Tz::Europe__Warsaw,
        &[
            "Sarajevo, Warsaw, Zagreb",
            "Sarajevo, Skopje, Sofija, Vilnius, Warsaw, Zagreb",
            "Sarajevo, Skopje, Warschau, Zagreb",
            "Sarajevo, Skopje, Warszawa, Zagreb",
            "Sarajevo, Skopje, Varsovie, Zagreb",
            "Sarajevo, Skopje, Varsovia, Zagreb",
        ],
    ),
    (
        Tz::Europe__London,
        &[
            "Greenwich Mean Time: Dublin, Edinburgh, Lisbon, London",
            "Greenwich Mean Time; Dublin, Edinburgh, London",
            // German, Swedish, Norwegian, Danish.
            "Dublin, Edinburgh, Lissabon, London",
            "Dublin, Edinburgh, Lissabon, Lontoo",
            "Dublin, Édimbourg, Lisbonne, Londres",
            "Dublín, Edimburgo, Lisboa, Londres",
            "Hora estándar GMT",
        ],
    ),
    (
        Tz::Europe__Kiev,
        &[
            "Helsinki, Riga, Tallinn",
            "Helsinki, Kiev, Riga, Sofia, Tallinn, Vilnius",
            "Helsingfors, Kiev, Riga, Sofia, Tallinn, Vilnius",
            "Helsinki, Kiew, Riga, Sofia, Tallinn, Wilna",
            "Helsinki, Kiova, Riika, Sofia, Tallinna, Vilna",
            "Helsinki, Kiev, Riga, Sofía, Tallin, Vilna",
            "FLE, normaltid",
            "Suomen normaaliaika",
        ],
    ),
    (Tz::Europe__Bucharest, &["Athens, Bucharest, Istanbul", "Athens, Istanbul, Minsk", "Bucharest"]),
    (Tz::Europe__Moscow, &["Moscow, St. Petersburg, Volgograd"]),
    (Tz::Asia__Jerusalem, &["Israel, Jerusalem Standard Time"]),
    (Tz::Asia__Yerevan, &["Armenian Standard Time"]),
    (Tz::Asia__Kolkata, &["Bombay, Calcutta, Madras, New Delhi, Colombo", "Calcutta, Chennai, Mumbai, New Delhi"]),
    (Tz::Asia__Shanghai, &["Beijing, Chongqing, Hong Kong SAR, Urumqi"]),
    (Tz::Asia__Kamchatka, &["Kamchatka Standard Time"]),
    (Tz::Atlantic__Cape_Verde, &["Cape Verde Is."]),
    (Tz::America__Bogota, &["Bogota, Lima, Quito"]),
    (Tz::America__Buenos_Aires, &["Buenos Aires"]),
    (Tz::America__Mexico_City, &["Mexico Standard Time", "Mexico City, Tegucigalpa"]),
    (Tz::America__Mazatlan, &["Mexico Standard Time 2"]),
    (Tz::America__Los_Angeles, &["Pacific Time (US & Canada), Tijuana"]),
    (Tz::America__Tijuana, &["Tijuana, Baja California"]),
    (Tz::Pacific__Pago_Pago, &["Midway Island, Samoa"]),
];
