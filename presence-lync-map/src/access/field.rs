//! What can be told about a person, one field at a time, and to whom.

use super::relationship::Relationship;
use super::rules::{AccessRules, BlockedNames, ExternalNotes};

/// Something that can be told about a person.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Field {
    /// The number.
    Availability,
    /// What the person is doing: the token and the words of their own.
    Activity,
    /// On what device.
    Device,
    /// Where the device is.
    Location,
    /// In which time zone.
    TimeZone,
    /// When the person was last active.
    LastActive,
    /// What the person wrote about themselves.
    PersonalNote,
    /// What the mailbox answers.
    OutOfOfficeNote,
    /// Earlier notes.
    NoteHistory,
    /// The working hours.
    WorkingHours,
    /// When the person is free and busy.
    FreeBusy,
    /// What a meeting is about.
    MeetingSubject,
    /// Where a meeting is.
    MeetingLocation,
    /// The name.
    Name,
    /// The mail address.
    Email,
    /// The title.
    Title,
    /// The company.
    Company,
    /// The office.
    Office,
    /// The telephone at work.
    WorkPhone,
    /// The mobile.
    MobilePhone,
    /// The telephone at home.
    HomePhone,
    /// Another telephone.
    OtherPhone,
    /// The voicemail.
    Voicemail,
    /// The photograph.
    Photo,
    /// That one may interrupt although the person does not want to be disturbed.
    Interruption,
    /// That calls and messages get through.
    Contact,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 26] = [
        Self::Availability,
        Self::Activity,
        Self::Device,
        Self::Location,
        Self::TimeZone,
        Self::LastActive,
        Self::PersonalNote,
        Self::OutOfOfficeNote,
        Self::NoteHistory,
        Self::WorkingHours,
        Self::FreeBusy,
        Self::MeetingSubject,
        Self::MeetingLocation,
        Self::Name,
        Self::Email,
        Self::Title,
        Self::Company,
        Self::Office,
        Self::WorkPhone,
        Self::MobilePhone,
        Self::HomePhone,
        Self::OtherPhone,
        Self::Voicemail,
        Self::Photo,
        Self::Interruption,
        Self::Contact,
    ];
}

/// Whether and how something is told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Told {
    /// It is not.
    No,
    /// As it is.
    Yes,
    /// As the team sees it: it may interrupt somebody who does not want to be disturbed.
    TeamFace,
    /// Always offline, whatever is the case.
    AlwaysOffline,
}

impl Told {
    /// Whether what is the case is told.
    #[must_use]
    pub const fn is_told(self) -> bool {
        matches!(self, Self::Yes | Self::TeamFace)
    }
}

impl AccessRules {
    /// Whether and how a field is told.
    ///
    /// A container that a site has made is told what everybody is told: what the site wants it to be told is not known
    /// here.
    #[must_use]
    pub fn told(&self, field: Field, to: Relationship) -> Told {
        let is_told = match to {
            Relationship::Default | Relationship::Other(_) => is_of_address_book(field),
            Relationship::Owner => true,
            Relationship::External => self.is_told_to_external(field),
            Relationship::Colleagues => is_told_to_colleagues(field),
            Relationship::Workgroup if field == Field::Availability => return Told::TeamFace,
            Relationship::Workgroup => {
                is_told_to_colleagues(field) || is_for_the_team_only(field) || field == Field::MobilePhone
            }
            Relationship::FriendsAndFamily => is_told_to_colleagues(field) || is_private_telephone(field),
            Relationship::Blocked if field == Field::Availability => return Told::AlwaysOffline,
            Relationship::Blocked => is_of_address_book(field) && self.blocked_names == BlockedNames::Told,
        };
        if is_told { Told::Yes } else { Told::No }
    }

    /// Whether and how a field that was learned as one relationship is told to another: as both may know it.
    ///
    /// What is learned with the rights of a service account does not go to somebody with lesser rights. The blocked are
    /// told the same whatever was learned, or they would know that they are blocked; and what was learned as somebody
    /// blocked says nothing.
    #[must_use]
    pub fn told_on(&self, field: Field, learned_as: Relationship, to: Relationship) -> Told {
        match (self.told(field, learned_as), self.told(field, to)) {
            (_, Told::AlwaysOffline) => Told::AlwaysOffline,
            (Told::No | Told::AlwaysOffline, _) => Told::No,
            (Told::Yes | Told::TeamFace, told) => told,
        }
    }

    fn is_told_to_external(self, field: Field) -> bool {
        match field {
            Field::Availability | Field::Title | Field::Company | Field::Voicemail | Field::Photo | Field::Contact => {
                true
            }
            Field::PersonalNote | Field::OutOfOfficeNote => self.external_notes == ExternalNotes::Told,
            _ => is_of_address_book(field),
        }
    }
}

const fn is_told_to_colleagues(field: Field) -> bool {
    !is_for_the_team_only(field) && !is_private_telephone(field)
}

const fn is_of_address_book(field: Field) -> bool {
    matches!(field, Field::Name | Field::Email)
}

const fn is_for_the_team_only(field: Field) -> bool {
    matches!(field, Field::MeetingSubject | Field::MeetingLocation | Field::Interruption)
}

const fn is_private_telephone(field: Field) -> bool {
    matches!(field, Field::MobilePhone | Field::HomePhone | Field::OtherPhone)
}
