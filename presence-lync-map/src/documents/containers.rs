//! Who is in which container, as a server tells the person themselves, and how that is changed.

use super::error::{DocumentError, Warning, WarningProblem, Warnings, with_tree};
use crate::access::{Containers, Member, Relationship};
use crate::xml::{Element, Namespace, Writer};

/// The containers of a person, with the versions they have at the server.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContainerList {
    /// The containers, in the order of the document.
    pub containers: Vec<ContainerMembers>,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

/// One container.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ContainerMembers {
    /// Which one.
    pub relationship: Relationship,
    /// Its version at the server.
    pub version: u32,
    /// Who is in it.
    pub members: Vec<Member>,
}

impl ContainerMembers {
    /// A container.
    #[must_use]
    pub const fn new(relationship: Relationship, version: u32, members: Vec<Member>) -> Self {
        Self { relationship, version, members }
    }
}

/// What becomes of a member.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum MemberAction {
    /// It is put into the container.
    Add,
    /// It is taken out of the container.
    Remove,
}

impl ContainerList {
    /// Containers as a server tells them.
    #[must_use]
    pub const fn new(containers: Vec<ContainerMembers>) -> Self {
        Self { containers, warnings: Vec::new() }
    }

    /// Reads them from a body of the type `application/vnd-microsoft-roaming-self+xml`, or from a document of their own.
    /// A container of the aggregation has no watchers and is passed over.
    ///
    /// # Errors
    ///
    /// When it is no such document, or has no containers in it.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        with_tree(bytes, |tree| {
            let root = tree.root();
            let list = if root.is(LIST, "containers") { Some(root) } else { root.child(LIST, "containers") };
            let list = list.ok_or_else(|| DocumentError::other("containers"))?;
            let mut warnings = Warnings::default();
            let mut left = Containers::MOST_MEMBERS;
            let containers = list.children().filter(|child| child.is(LIST, "container"));
            let read = containers.filter_map(|container| {
                warnings.next_entry();
                read_container(container, &mut left, &mut warnings)
            });
            Ok(Self { containers: read.collect(), warnings: warnings.into_list() })
        })
    }

    /// The same as a document of their own.
    #[must_use]
    pub fn write(&self) -> String {
        let mut writer = Writer::new();
        writer.open("containers").namespace(LIST);
        for container in &self.containers {
            writer.open("container").attribute("id", container.relationship.number());
            writer.attribute("version", container.version);
            for member in &container.members {
                write_member(member, None, &mut writer);
            }
            writer.close();
        }
        writer.finish()
    }

    /// Who is in which container, to be asked.
    #[must_use]
    pub fn containers(&self) -> Containers {
        let mut containers = Containers::empty();
        for container in &self.containers {
            for member in &container.members {
                // There are no more than that, they have been counted while reading.
                let _ = containers.add(container.relationship, member.clone());
            }
        }
        containers
    }

    /// A request of the type `application/msrtc-setcontainermembers+xml` that changes one member of a container. It goes
    /// out from the version that is known here.
    #[must_use]
    pub fn change(&self, relationship: Relationship, action: MemberAction, member: &Member) -> String {
        let known = self.containers.iter().find(|container| container.relationship == relationship);
        let mut writer = Writer::new();
        writer.open("setContainerMembers").namespace(Namespace::ContainerManagement);
        writer.open("container").attribute("id", relationship.number());
        writer.attribute("version", known.map_or(0, |container| container.version));
        write_member(member, Some(action), &mut writer);
        writer.finish()
    }
}

const LIST: Namespace = Namespace::Containers;

fn read_container(container: Element<'_, '_>, left: &mut usize, warnings: &mut Warnings) -> Option<ContainerMembers> {
    let number = |name| container.attribute(name)?.trim().parse::<u32>().ok();
    let Some(id) = number("id") else {
        warnings.say(WarningProblem::Key);
        return None;
    };
    let relationship = Relationship::from_number(id)?;
    let elements = container.children().filter(|child| child.is(LIST, "member"));
    let mut members = Vec::new();
    for element in elements {
        if *left == 0 {
            warnings.say(WarningProblem::TooManyEntries);
            break;
        }
        *left -= 1;
        let kind = element.attribute("type").unwrap_or_default().trim();
        match Member::from_wire(kind, element.attribute("value").unwrap_or_default()) {
            Ok(member) => members.push(member),
            Err(_) => warnings.say(WarningProblem::Address),
        }
    }
    Some(ContainerMembers::new(relationship, number("version").unwrap_or(0), members))
}

/// A user stands there without the scheme.
fn write_member(member: &Member, action: Option<MemberAction>, writer: &mut Writer) {
    let action = action.map(|action| match action {
        MemberAction::Add => "add",
        MemberAction::Remove => "remove",
    });
    writer.open("member").maybe("action", action).attribute("type", member.kind());
    match member {
        Member::User(address) => writer.attribute("value", address.value()),
        Member::Domain(domain) => writer.attribute("value", domain),
        _ => writer,
    };
    writer.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Network, Watcher};
    use presence_core::Address;

    const OWN: &str = "<roamingData xmlns='http://schemas.microsoft.com/2006/09/sip/roaming-self'>\
        <containers xmlns='http://schemas.microsoft.com/2006/09/sip/containers'>\
        <container id='0' version='1'/><container id='2' version='9'><member type='everyone'/></container>\
        <container id='300' version='4'><member type='user' value='Bo@Example.com'/><member type='alien'/></container>\
        <container id='200'><member type='sameEnterprise'/></container><container id='x'/></containers></roamingData>";

    /// S3.22: what a person has set at their client decides what a watcher is told.
    #[test]
    fn containers_of_a_document_can_be_asked() {
        let list = ContainerList::read(OWN.as_bytes()).unwrap();
        let ids: Vec<_> = list.containers.iter().map(|one| (one.relationship.number(), one.version)).collect();
        assert_eq!(ids, [(0, 1), (300, 4), (200, 0)]);
        let problems: Vec<_> = list.warnings.iter().map(|warning| (warning.entry, warning.problem)).collect();
        assert_eq!(problems, [(3, WarningProblem::Address), (5, WarningProblem::Key)]);
        let bo = Watcher::new(Address::sip("bo@example.com").unwrap()).network(Network::SameEnterprise);
        assert_eq!(list.containers().standing(&bo).relationship, Relationship::Workgroup);
        let again = ContainerList::read(list.write().as_bytes()).unwrap();
        assert_eq!(again.containers, list.containers);
    }

    #[test]
    fn a_change_goes_out_from_the_known_version() {
        let list = ContainerList::read(OWN.as_bytes()).unwrap();
        let eve = Member::User(Address::sip("eve@example.com").unwrap());
        let request = list.change(Relationship::Workgroup, MemberAction::Remove, &eve);
        assert!(request.contains("<container id=\"300\" version=\"4\"><member action=\"remove\" type=\"user\" "));
        assert!(request.contains("value=\"eve@example.com\"/>"), "{request}");
        let request = list.change(Relationship::Blocked, MemberAction::Add, &Member::Federated);
        assert!(request.contains("<container id=\"32000\" version=\"0\"><member action=\"add\" type=\"federated\"/>"));
    }

    #[test]
    fn other_documents_are_none() {
        assert_eq!(ContainerList::read(b"<containers/>"), Err(DocumentError::other("containers")));
    }

    #[test]
    fn there_are_no_more_members_than_can_be_kept() {
        let members = "<member type='everyone'/>".repeat(Containers::MOST_MEMBERS + 1);
        let one = format!("<container id='100'>{members}</container>");
        let list = format!("<containers xmlns='{}'>{one}</containers>", LIST.uri());
        let read = ContainerList::read(list.as_bytes()).unwrap();
        assert_eq!(read.containers[0].members.len(), Containers::MOST_MEMBERS);
        assert_eq!(read.warnings[0].problem, WarningProblem::TooManyEntries);
    }
}
