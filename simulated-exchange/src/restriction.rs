//! Searches: the conditions that clients write when they do not use a calendar view.

use std::cmp::Ordering;

use crate::{
    property::{Path, Shown},
    xml::Node,
};

/// Whether the item meets the condition. What is not understood meets none: a search that is answered too widely would
/// hide that.
pub(crate) fn is_met(condition: &Node, shown: &Shown<'_>) -> bool {
    let mut parts = condition.children.iter();
    match condition.name.as_str() {
        "And" => parts.all(|part| is_met(part, shown)),
        "Or" => parts.any(|part| is_met(part, shown)),
        "Not" => parts.next().is_some_and(|part| !is_met(part, shown)),
        "Exists" => parts.next().and_then(Path::read).is_some_and(|path| shown.value(&path).is_some()),
        "Contains" => contains(condition, shown),
        name => comparison(name).is_some_and(|wanted| compare(condition, shown).is_some_and(wanted)),
    }
}

fn comparison(name: &str) -> Option<fn(Ordering) -> bool> {
    Some(match name {
        "IsEqualTo" => Ordering::is_eq,
        "IsNotEqualTo" => Ordering::is_ne,
        "IsGreaterThan" => Ordering::is_gt,
        "IsGreaterThanOrEqualTo" => Ordering::is_ge,
        "IsLessThan" => Ordering::is_lt,
        "IsLessThanOrEqualTo" => Ordering::is_le,
        _ => return None,
    })
}

fn compare(condition: &Node, shown: &Shown<'_>) -> Option<Ordering> {
    let path = condition.children.iter().find_map(Path::read)?;
    let constant = condition.find("Constant")?.attribute("Value")?;
    shown.value(&path)?.compare(constant)
}

fn contains(condition: &Node, shown: &Shown<'_>) -> bool {
    let path = condition.children.iter().find_map(Path::read);
    let constant = condition.find("Constant").and_then(|node| node.attribute("Value"));
    let value = path.and_then(|path| shown.value(&path));
    let (Some(value), Some(constant)) = (value, constant) else { return false };
    let (text, constant) = (value.text().to_lowercase(), constant.to_lowercase());
    match condition.attribute("ContainmentMode") {
        Some("FullString") => text == constant,
        Some("Prefixed") => text.starts_with(&constant),
        _ => text.contains(&constant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        company::{Account, Company, Instance, Item},
        state::State,
    };

    #[test]
    fn conditions_nest_and_compare_by_kind() {
        let time = |text: &str| text.parse().unwrap();
        let item = Item::new(time("2026-11-20T08:00:00Z"), time("2026-11-20T09:00:00Z"), "Budget talk");
        let state = State::new(Company::new("UTC").with(Account::new("a@x", "p").with(item)));
        let account = &state.company.accounts[0];
        let shown = Shown { state: &state, account, instance: Instance::whole(&account.items[0]), zone: None };
        let field = |uri: &str, value: &str| {
            format!("<FieldURI FieldURI='{uri}'/><FieldURIOrConstant><Constant Value='{value}'/></FieldURIOrConstant>")
        };
        let single = field("calendar:IsRecurring", "false");
        let early = field("calendar:Start", "2026-11-20T08:30:00Z");
        let instance = "<ExtendedFieldURI DistinguishedPropertySetId='PublicStrings' \
                        PropertyName='urn:schemas:calendar:instancetype' PropertyType='Integer'/>";
        for (text, expected) in [
            (format!("<And><IsEqualTo>{single}</IsEqualTo><IsLessThan>{early}</IsLessThan></And>"), true),
            (format!("<And><IsEqualTo>{single}</IsEqualTo><IsGreaterThanOrEqualTo>{early}</IsGreaterThanOrEqualTo></And>"), false),
            (format!("<Or><IsNotEqualTo>{single}</IsNotEqualTo><IsLessThanOrEqualTo>{early}</IsLessThanOrEqualTo></Or>"), true),
            (format!("<Not><IsGreaterThan>{early}</IsGreaterThan></Not>"), true),
            (format!("<Exists>{instance}</Exists>"), true),
            ("<Not><Exists><ExtendedFieldURI PropertyTag='0x65e8'/></Exists></Not>".to_owned(), true),
            (format!("<IsEqualTo>{instance}<Constant Value='0'/></IsEqualTo>"), true),
            ("<Contains ContainmentMode='Prefixed'><FieldURI FieldURI='item:Subject'/><Constant Value='budget'/></Contains>".to_owned(), true),
            ("<Contains ContainmentMode='FullString'><FieldURI FieldURI='item:Subject'/><Constant Value='budget'/></Contains>".to_owned(), false),
            (format!("<Resembles>{single}</Resembles>"), false),
        ] {
            assert_eq!(is_met(&Node::parse(&text).unwrap(), &shown), expected, "{text}");
        }
    }
}
