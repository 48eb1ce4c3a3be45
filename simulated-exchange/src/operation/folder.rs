//! `GetFolder`: the well-known folders. Every mailbox has them, and all but the calendar are empty.

use super::{Question, folder_of, noted};
use crate::{
    id::{Id, change_key},
    property::Path,
    record::Asked,
    soap::{Failure, SoapFault, messages},
    state::{State, changed_at},
    xml::{Element, Node, m, t},
};

/// The distinguished name, the element, the class, the name that people read.
const FOLDERS: &[(&str, &str, &str, &str)] = &[
    ("root", "Folder", "", "root"),
    ("msgfolderroot", "Folder", "IPF.Note", "Top of Information Store"),
    ("inbox", "Folder", "IPF.Note", "Inbox"),
    ("calendar", "CalendarFolder", "IPF.Appointment", "Calendar"),
    ("contacts", "ContactsFolder", "IPF.Contact", "Contacts"),
    ("tasks", "TasksFolder", "IPF.Task", "Tasks"),
    ("notes", "Folder", "IPF.StickyNote", "Notes"),
    ("drafts", "Folder", "IPF.Note", "Drafts"),
    ("sentitems", "Folder", "IPF.Note", "Sent Items"),
    ("deleteditems", "Folder", "IPF.Note", "Deleted Items"),
    ("junkemail", "Folder", "IPF.Note", "Junk Email"),
    ("outbox", "Folder", "IPF.Note", "Outbox"),
];

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let body = question.body();
    let ids = body.inside("FolderIds");
    if ids.is_empty() {
        return Err(SoapFault::schema("The request failed schema validation: FolderIds is empty."));
    }
    let shape = body.child("FolderShape");
    let is_short = shape.and_then(|shape| shape.child("BaseShape")).is_none_or(|base| base.text() == "IdOnly");
    let paths = shape.map_or(&[][..], |shape| shape.inside("AdditionalProperties"));
    let paths: Vec<_> = paths.iter().filter_map(Path::read).collect();
    asked.properties.extend(paths.iter().map(Path::label));
    let answers: Vec<_> = ids.iter().map(|id| folder(state, question, id, is_short, &paths, asked)).collect();
    noted(&answers, asked);
    Ok(messages("GetFolder", answers, &state.manner))
}

fn folder(
    state: &State,
    question: &Question<'_>,
    node: &Node,
    is_short: bool,
    paths: &[Path],
    asked: &mut Asked,
) -> Result<Vec<Element>, Failure> {
    let (mailbox, name) = folder_of(state, question, node)?;
    asked.about(&mailbox);
    let none = || Failure::new("ErrorFolderNotFound", "The specified folder could not be found in the store.");
    let (name, element, class, title) = FOLDERS.iter().find(|folder| folder.0 == name).ok_or_else(none)?;
    let wants = |name: &str| !is_short || paths.iter().any(|path| matches!(path, Path::Uri(uri) if uri == name));
    let id = |name: &str| Id::Folder(mailbox.clone(), name.to_owned()).text();
    let key = change_key(state.last_change());
    let mut folder = t(element).put(t("FolderId").with("Id", id(name)).with("ChangeKey", &key));
    if wants("folder:ParentFolderId") {
        let parent = if *name == "root" || *name == "msgfolderroot" { "root" } else { "msgfolderroot" };
        folder = folder.put(t("ParentFolderId").with("Id", id(parent)).with("ChangeKey", &key));
    }
    let items =
        state.company.account(&mailbox).filter(|_| *name == "calendar").map_or(0, |account| account.items.len());
    let texts = [
        ("folder:FolderClass", "FolderClass", (*class).to_owned()),
        ("folder:DisplayName", "DisplayName", (*title).to_owned()),
        ("folder:TotalCount", "TotalCount", items.to_string()),
        ("folder:ChildFolderCount", "ChildFolderCount", "0".to_owned()),
    ];
    folder = folder.put_all(texts.into_iter().filter(|(uri, ..)| wants(uri)).map(|(_, name, text)| t(name).text(text)));
    folder = folder.put_all(paths.iter().filter_map(|path| extended(state, path, title)));
    if *element == "Folder" && wants("folder:UnreadCount") {
        folder = folder.put(t("UnreadCount").text("0"));
    }
    Ok(vec![m("Folders").put(folder)])
}

/// The properties of folders that clients want by their MAPI name: its name, and when something in it changed.
fn extended(state: &State, path: &Path, title: &str) -> Option<Element> {
    let Path::Tag { tag, .. } = path else { return None };
    let text = match tag {
        0x3001 => title.to_owned(),
        0x3603 => "0".to_owned(),
        0x360a => "false".to_owned(),
        0x3008 | 0x670a => changed_at(state.last_change()).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        _ => return None,
    };
    Some(t("ExtendedProperty").put(path.element()?).put(t("Value").text(text)))
}
