//! A company that does not exist: 200 people in eight departments at one site, and three contacts outside.
//!
//! Names, numbers and accounts are invented. The mobile numbers begin with `+999`, a country code that no country has.

mod department;
mod names;
mod teller;

use std::sync::Arc;

use presence_core::{
    Address, Directory, DirectoryError, InvalidAddress, InvalidName, PersonId, PersonSpec, PlaceKind, PlaceSpec,
    SourceSpec, Trust,
};

use crate::random::Random;

pub use department::Department;
pub use teller::Teller;

/// The site of all extensions.
const SITE: &str = "hq";
/// Of a hundred people so many speak one of these.
const LANGUAGES: [(&str, usize); 5] = [("english", 60), ("german", 14), ("finnish", 10), ("french", 6), ("polish", 5)];

/// Why a company cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompanyError {
    /// An invented name is none.
    #[error("a name cannot be used")]
    Name(#[from] InvalidName),
    /// An invented address is none.
    #[error("an address cannot be used")]
    Address(#[from] InvalidAddress),
    /// The people do not make a directory.
    #[error("the directory cannot be made")]
    Directory(#[from] DirectoryError),
}

/// A person of the company, or a contact outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Member {
    /// The id.
    pub id: PersonId,
    /// The name to show.
    pub name: String,
    /// The department; contacts outside have none.
    pub department: Option<Department>,
    /// What the person can help with.
    pub skills: Vec<&'static str>,
    /// The desk telephone.
    pub extension: Option<Address>,
    /// The mobile telephone.
    pub mobile: Option<Address>,
    /// The mailbox.
    pub mail: Address,
    /// The account at the presence server.
    pub account: Option<Address>,
}

impl Member {
    /// Where a source speaks of the person; `None`: it knows nothing of them.
    #[must_use]
    pub const fn address(&self, teller: Teller) -> Option<&Address> {
        match teller {
            Teller::Pbx => self.extension.as_ref(),
            Teller::Skype => self.account.as_ref(),
            // Of the telephones and mailboxes of contacts nobody tells anything.
            _ if self.department.is_none() => None,
            Teller::Exchange => Some(&self.mail),
            Teller::Mobile => self.mobile.as_ref(),
        }
    }

    fn spec(&self) -> Result<PersonSpec, CompanyError> {
        let mut spec = PersonSpec::new(self.id.clone()).named(&self.name);
        spec.department = self.department.map(|department| department.name().to_owned());
        spec.skills = self.skills.iter().map(|&skill| skill.to_owned()).collect();
        spec.trust = if self.department.is_some() { Trust::Colleague } else { Trust::External };
        let places = [
            (PlaceKind::Desk, self.extension.as_ref(), Teller::Pbx),
            (PlaceKind::Mobile, self.mobile.as_ref(), Teller::Mobile),
            (PlaceKind::Account, self.account.as_ref(), Teller::Skype),
            (PlaceKind::Mailbox, Some(&self.mail), Teller::Exchange),
        ];
        for (kind, address, teller) in places {
            let Some(address) = address else { continue };
            let told = self.address(teller).map(|_| teller.source_id()).transpose()?;
            spec = spec.place(PlaceSpec::new(kind).address(address.clone(), told.as_slice()));
        }
        Ok(spec)
    }
}

/// The company.
#[derive(Clone, Debug)]
pub struct Company {
    members: Vec<Member>,
}

impl Company {
    /// The company of this seed.
    ///
    /// # Errors
    ///
    /// Never, as long as all that is invented is valid; a test sees to that.
    pub fn invented(seed: u64) -> Result<Self, CompanyError> {
        let size: usize = Department::ALL.iter().map(|department| department.people()).sum();
        let mut names = names::names(size + CONTACTS.len(), seed).into_iter();
        let mut members = Vec::new();
        for department in Department::ALL {
            for name in names.by_ref().take(department.people()) {
                members.push(colleague(members.len(), name, department, seed)?);
            }
        }
        for (company, name) in CONTACTS.into_iter().zip(names) {
            members.push(contact(members.len(), name, company)?);
        }
        Ok(Self { members })
    }

    /// Everybody: colleagues by department, then the contacts outside.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Who has this id.
    #[must_use]
    pub fn member(&self, id: &PersonId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == *id)
    }

    /// Everybody with their telephones, mailboxes and accounts, and the four sources that speak of them.
    ///
    /// # Errors
    ///
    /// If the directory does not take them; a test sees to it that it does.
    pub fn directory(&self) -> Result<Arc<Directory>, CompanyError> {
        let mut builder = Directory::builder();
        for teller in Teller::ALL {
            builder.source(SourceSpec::new(teller.source_id()?, teller.facets()));
        }
        builder.voicemail_pilot(Address::extension(SITE, "8000")?);
        for member in &self.members {
            builder.person(member.spec()?);
        }
        Ok(Arc::new(builder.build()?))
    }
}

/// The companies of the contacts outside.
const CONTACTS: [&str; 3] = ["freight.example.net", "auditor.example.org", "supplier.example.net"];

fn colleague(number: usize, name: String, department: Department, seed: u64) -> Result<Member, CompanyError> {
    let mut random = Random::new(seed, 1_000 + u64::try_from(number).unwrap_or(0));
    let account = names::account(&name);
    let warehouse = department == Department::Warehouse;
    // Few in the warehouse have a desk, and some who sell are always on the road.
    let has_desk = if warehouse { random.chance(20) } else { department != Department::Sales || random.chance(75) };
    let has_mobile = !has_desk || random.chance(if department == Department::Support { 30 } else { 80 });
    let has_account = !warehouse || random.chance(30);
    let extension = || Address::extension(SITE, &format!("{}", 4_000 + number));
    let mobile = || Address::tel(&format!("+99970{:06}", 100_000 + number));
    let sip = || Address::sip(&format!("{account}@example.com"));
    Ok(Member {
        id: PersonId::new(&account)?,
        department: Some(department),
        skills: skills(department, &mut random),
        extension: has_desk.then(extension).transpose()?,
        mobile: has_mobile.then(mobile).transpose()?,
        mail: Address::smtp(&format!("{account}@example.com"))?,
        account: has_account.then(sip).transpose()?,
        name,
    })
}

/// Somebody of another company: a number, a mailbox, and an account that one may see.
fn contact(number: usize, name: String, company: &str) -> Result<Member, CompanyError> {
    let account = names::account(&name);
    Ok(Member {
        id: PersonId::new(&account)?,
        name,
        department: None,
        skills: Vec::new(),
        extension: None,
        mobile: Some(Address::tel(&format!("+99980{:06}", 100_000 + number))?),
        mail: Address::smtp(&format!("{account}@{company}"))?,
        account: Some(Address::sip(&format!("{account}@{company}"))?),
    })
}

fn skills(department: Department, random: &mut Random) -> Vec<&'static str> {
    let customers = matches!(department, Department::Support | Department::Sales);
    let speaks = LANGUAGES.iter().filter(|(_, percent)| customers && random.chance(*percent));
    let mut skills: Vec<&str> = speaks.map(|(language, _)| *language).collect();
    skills.extend(department.skills().iter().filter(|_| random.chance(35)));
    skills
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn two_hundred_people_work_in_eight_departments() {
        let directory = Company::invented(1).unwrap().directory().unwrap();
        let mut departments: BTreeMap<&str, usize> = BTreeMap::new();
        let mut contacts = 0;
        for person in directory.people() {
            let card = directory.card(person).unwrap();
            match card.department() {
                Some(department) => *departments.entry(department).or_default() += 1,
                None => {
                    assert_eq!(card.trust(), Trust::External);
                    contacts += 1;
                }
            }
        }
        assert_eq!((departments.len(), departments.values().sum::<usize>(), contacts), (8, 200, 3));
        assert_eq!(departments.get("Sales"), Some(&36));
    }

    #[test]
    fn the_same_seed_makes_the_same_company() {
        let company = |seed| format!("{:?}", Company::invented(seed).unwrap());
        assert_eq!(company(1), company(1));
        assert_ne!(company(1), company(2));
    }

    #[test]
    fn everybody_can_be_told_about_and_some_can_help() {
        for seed in 0..20 {
            let company = Company::invented(seed).unwrap();
            let told = |member: &Member| Teller::ALL.iter().any(|teller| member.address(*teller).is_some());
            assert!(company.members().iter().all(told), "{seed}");
            let can = |skill| company.members().iter().any(|member| member.skills.contains(&skill));
            assert!(["german", "invoices", "hardware"].into_iter().all(can), "{seed}");
            let reached = |member: &&Member| member.extension.is_none() && member.mobile.is_none();
            assert_eq!(company.members().iter().filter(reached).count(), 0, "{seed}");
        }
    }
}
