//! Names of people who do not exist.

use std::collections::BTreeSet;

use crate::random::Random;

const FIRST: [&str; 64] = [
    "Agnes", "Aino", "Alva", "Anders", "Anja", "Annika", "Arvid", "Axel", "Birgit", "Bo", "Carina", "Clara", "Daniel",
    "Ebba", "Eino", "Elin", "Elsa", "Emil", "Eva", "Filip", "Freja", "Frida", "Gunnar", "Hanna", "Hedda", "Helge",
    "Henrik", "Ida", "Inga", "Ivar", "Jakob", "Johanna", "Jonas", "Kaisa", "Karin", "Katja", "Klara", "Lars", "Lea",
    "Leif", "Linnea", "Lovisa", "Magnus", "Maja", "Marek", "Marit", "Mats", "Mikael", "Nils", "Nora", "Olof", "Oskar",
    "Petra", "Ragnar", "Rasmus", "Signe", "Sigrid", "Sofia", "Sven", "Tilda", "Tove", "Ulla", "Wilma", "Yrsa",
];

const LAST: [&str; 50] = [
    "Almblad",
    "Askfors",
    "Bakkerud",
    "Bergvall",
    "Björkvik",
    "Brandstrup",
    "Brinkholt",
    "Dalvik",
    "Ekvall",
    "Enmark",
    "Fjellheim",
    "Forslid",
    "Granvik",
    "Grönlid",
    "Hagfors",
    "Haugland",
    "Hedvall",
    "Holmvik",
    "Kjeldgaard",
    "Koivula",
    "Kullmark",
    "Lehtimaa",
    "Lindvall",
    "Ljungvik",
    "Lykkegaard",
    "Malmvik",
    "Marchetti",
    "Myrvold",
    "Nesbakken",
    "Norrlid",
    "Nowicka",
    "Nyvall",
    "Rantala",
    "Rosvall",
    "Salmela",
    "Skogby",
    "Solvang",
    "Stenfors",
    "Strandvik",
    "Sundvall",
    "Söderlid",
    "Tallvik",
    "Tveiten",
    "Vestermark",
    "Winterfeld",
    "Åkervik",
    "Älvmark",
    "Ängvall",
    "Östervik",
    "Österlid",
];

/// So many different names.
pub(super) fn names(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed, 1);
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    while names.len() < count.min(FIRST.len() * LAST.len()) {
        let name = format!("{} {}", random.pick(&FIRST), random.pick(&LAST));
        // By the account, because `Älvmark` and `Alvmark` would share one.
        if taken.insert(account(&name)) {
            names.push(name);
        }
    }
    names
}

/// The name as an account writes it: `Åsa Öberg` is `asa.oberg`.
pub(super) fn account(name: &str) -> String {
    let plain = |letter: char| match letter {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        ' ' => '.',
        other => other,
    };
    name.to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_have_accounts_of_plain_letters() {
        let names = names(500, 3);
        assert_eq!(names.len(), 500);
        let accounts: BTreeSet<String> = names.iter().map(|name| account(name)).collect();
        assert_eq!(accounts.len(), 500);
        assert!(accounts.iter().all(|account| account.chars().all(|c| c.is_ascii_lowercase() || c == '.')));
        assert_eq!(account("Åsa Öberg"), "asa.oberg");
    }
}
