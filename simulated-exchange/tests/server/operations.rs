//! Each operation, and what it refuses.

use simulated_exchange::company::{OofState, ShowAs, View};

use crate::client::Client;
use crate::company::{ANNA, BERT, CANARY, availability, availability_in, exchange, find, get, item, oof};

async fn anna(exchange: &simulated_exchange::SimulatedExchange) -> Client {
    Client::basic(exchange.address(), "anna", "apple").await
}

/// S3.8: blocks, digits and working hours of several mailboxes, in the order in which they were asked for.
#[tokio::test]
async fn free_busy_comes_in_the_order_of_the_question() {
    let exchange = exchange().await;
    let answer =
        anna(&exchange).await.ask(&availability(&[BERT, "nobody@firma.example", ANNA], "DetailedMerged")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.texts("ResponseCode"), ["NoError", "ErrorMailRecipientNotFound", "NoError"]);
    assert_eq!(answer.texts("FreeBusyViewType"), ["DetailedMerged", "None", "DetailedMerged"]);
    assert_eq!(answer.texts("MergedFreeBusy"), ["333333333333333333333330", "000000010200300000000000"]);
    assert_eq!(answer.texts("StartTime")[..2], ["2026-11-18T23:00:00", "2026-11-20T07:30:00"]);
    assert_eq!(answer.texts("BusyType"), ["OOF", "Tentative", "Busy", "OOF"]);
    assert_eq!(answer.texts("IsPrivate"), ["false", "false", "false", "true"]);
    assert_eq!(answer.texts("Subject"), ["Holiday", "Weekly", "Budget &amp; plans"]);
    assert_eq!(answer.texts("StartTimeInMinutes"), ["480", "480"]);
    assert!(!answer.body.contains(CANARY));
}

/// S3.8: the view may be poorer than was asked for, as little as a mailbox allows.
#[tokio::test]
async fn views_tell_as_much_as_asked_and_allowed() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    for (view, blocks, digits, texts) in
        [("MergedOnly", 0, 1, 0), ("FreeBusy", 3, 0, 0), ("FreeBusyMerged", 3, 1, 0), ("Detailed", 3, 0, 2)]
    {
        let answer = client.ask(&availability(&[ANNA], view)).await;
        let counts = ["BusyType", "MergedFreeBusy", "Subject"].map(|name| answer.texts(name).len());
        assert_eq!((answer.texts("FreeBusyViewType"), counts), (vec![view.to_owned()], [blocks, digits, texts]));
    }
    exchange.change(|company| company.account_mut(ANNA).unwrap().view = View::MergedOnly);
    let answer = client.ask(&availability(&[ANNA], "Detailed")).await;
    assert_eq!(answer.texts("FreeBusyViewType"), ["MergedOnly"]);
    assert_eq!(answer.texts("BusyType").len(), 0);
}

/// S3.6: the zone of the question rules its window and its answer, also in summer.
#[tokio::test]
async fn the_zone_of_the_question_rules_its_times() {
    let exchange = exchange().await;
    let summer = item("2026-07-01T08:00:00Z", "2026-07-01T09:00:00Z", "");
    assert!(exchange.add(ANNA, summer).is_some());
    let part = |bias, order, month, time| {
        format!(
            "<t:Bias>{bias}</t:Bias><t:Time>{time}</t:Time><t:DayOrder>{order}</t:DayOrder><t:Month>{month}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
        )
    };
    let (standard, daylight) = (part(0, 5, 10, "03:00:00"), part(-60, 5, 3, "02:00:00"));
    let zone = format!(
        "<t:Bias>-60</t:Bias><t:StandardTime>{standard}</t:StandardTime><t:DaylightTime>{daylight}</t:DaylightTime>"
    );
    let mut client = anna(&exchange).await;
    let question = availability_in(&zone, &[ANNA], ("2026-07-01T00:00:00", "2026-07-02T00:00:00"), "FreeBusyMerged");
    let answer = client.ask(&question).await;
    assert_eq!(answer.texts("StartTime"), ["2026-07-01T10:00:00"]);
    assert_eq!(answer.texts("MergedFreeBusy"), ["000000000020000000000000"]);
    exchange.manner(|manner| manner.offsets = true);
    assert_eq!(client.ask(&question).await.texts("StartTime"), ["2026-07-01T10:00:00+02:00"]);
    let winter = availability_in(&zone, &[ANNA], ("2026-11-20T00:00:00", "2026-11-21T00:00:00"), "FreeBusy");
    assert_eq!(client.ask(&winter).await.texts("StartTime")[1], "2026-11-20T10:00:00+01:00");
}

/// S3.8: limits of one question.
#[tokio::test]
async fn free_busy_has_limits() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let code = |answer: crate::client::Answer| (answer.status, answer.texts("ResponseCode"));
    assert_eq!(client.ask(&availability(&[BERT; 100], "FreeBusy")).await.texts("FreeBusyViewType").len(), 100);
    let many = client.ask(&availability(&[BERT; 101], "FreeBusy")).await;
    assert_eq!(code(many), (500, vec!["ErrorMailboxDataArrayTooBig".to_owned()]));
    for (question, expected) in [
        (availability(&[], "FreeBusy"), "ErrorSchemaValidation"),
        (availability(&[ANNA], "All"), "ErrorInvalidFreeBusyViewType"),
        (availability(&[ANNA], "FreeBusy").replace("2026-11-21", "2027-11-21"), "ErrorTimeIntervalTooBig"),
        (availability(&[ANNA], "FreeBusy").replace("2026-11-21", "2026-11-19"), "ErrorInvalidTimeInterval"),
        (availability(&[ANNA], "FreeBusy").replace(">60<", ">4<"), "ErrorInvalidMergedFreeBusyInterval"),
        (availability(&[ANNA], "FreeBusy").replace("<t:Bias>0</t:Bias>", ""), "ErrorSchemaValidation"),
    ] {
        assert_eq!(code(client.ask(&question).await), (500, vec![expected.to_owned()]));
    }
    for _ in 0..1001 {
        assert!(exchange.add(BERT, item("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "")).is_some());
    }
    let answer = client.ask(&availability(&[BERT, ANNA], "FreeBusy")).await;
    assert_eq!(answer.texts("ResponseCode"), ["ErrorResultSetTooBig", "NoError"]);
}

/// S3.9: a calendar view expands series, and tells the properties that were asked for, in the order of the schema.
#[tokio::test]
async fn a_calendar_view_tells_what_was_asked() {
    let exchange = exchange().await;
    let properties = ["calendar:LegacyFreeBusyStatus", "calendar:Start", "item:Sensitivity", "item:Importance"];
    let answer = anna(&exchange).await.ask(&find(&properties)).await;
    assert_eq!(answer.texts("Start"), ["2026-11-20T07:30:00Z", "2026-11-20T09:00:00Z", "2026-11-20T12:00:00Z"]);
    assert_eq!(answer.texts("Importance"), ["Normal", "High", "Normal"]);
    assert_eq!(answer.texts("Sensitivity"), ["Normal", "Normal", "Private"]);
    assert_eq!(answer.texts("LegacyFreeBusyStatus"), ["Tentative", "Busy", "OOF"]);
    let names = ["Subject", "Location", "End", "CalendarItemType", "Organizer"];
    assert_eq!(names.map(|name| answer.texts(name).len()), [0; 5]);
    assert_eq!(answer.attributes("RootFolder", "IncludesLastItemInRange"), ["true"]);
    let order = ["Sensitivity", "Importance", "Start", "LegacyFreeBusyStatus"]
        .map(|name| answer.body.find(&format!("<t:{name}>")));
    assert!(order.is_sorted(), "{order:?}");
}

/// S3.9: a list that was cut says so, and so does a window that is too long.
#[tokio::test]
async fn a_calendar_view_has_limits() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let cut = client.ask(&find(&["calendar:Start"]).replace("\"500\"", "\"2\"")).await;
    assert_eq!(cut.attributes("RootFolder", "IncludesLastItemInRange"), ["false"]);
    assert_eq!(cut.texts("Start").len(), 2);
    for (question, expected) in [
        (find(&[]).replace("EndDate=\"2026", "EndDate=\"2029"), "ErrorCalendarViewRangeTooBig"),
        (find(&[]).replace("EndDate=\"2026", "EndDate=\"2025"), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (find(&[]).replace("EndDate=\"2026", "EndDate=\"soon"), "ErrorInvalidRequest"),
        (find(&[]).replace("\"calendar\"/>", "\"calendar\"><t:Mailbox><t:EmailAddress>x@y</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"), "ErrorNonExistentMailbox"),
        (find(&[]).replace("\"calendar\"/>", &format!("\"calendar\"><t:Mailbox><t:EmailAddress>{BERT}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>")), "ErrorFolderNotFound"),
    ] {
        let answer = client.ask(&question).await;
        assert_eq!((answer.status, answer.texts("ResponseCode")), (200, vec![expected.to_owned()]));
        assert_eq!(answer.attributes("FindItemResponseMessage", "ResponseClass"), ["Error"]);
    }
}

/// S3.9: a search with a condition and pages knows the series, not their occurrences.
#[tokio::test]
async fn a_search_has_conditions_and_pages() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let search = |offset: u32| {
        let view =
            format!("<m:IndexedPageItemView MaxEntriesReturned=\"1\" Offset=\"{offset}\" BasePoint=\"Beginning\"/>");
        let field = "<t:FieldURI FieldURI=\"calendar:Start\"/><t:FieldURIOrConstant><t:Constant Value=\"2026-11-20T12:00:00Z\"/></t:FieldURIOrConstant>";
        let order = "<m:SortOrder><t:FieldOrder Order=\"Descending\"><t:FieldURI FieldURI=\"calendar:Start\"/></t:FieldOrder></m:SortOrder>";
        let restriction = format!("<m:Restriction><t:IsLessThan>{field}</t:IsLessThan></m:Restriction>{order}");
        let question = find(&["calendar:Start", "calendar:CalendarItemType"]);
        let (before, rest) = question.split_once("<m:CalendarView").unwrap();
        format!("{before}{view}{restriction}{}", rest.split_once("/>").unwrap().1)
    };
    let first = client.ask(&search(0)).await;
    assert_eq!(first.texts("Start"), ["2026-11-20T09:00:00Z"]);
    let root = |answer: &crate::client::Answer, name| answer.attributes("RootFolder", name);
    assert_eq!(
        (root(&first, "IndexedPagingOffset"), root(&first, "IncludesLastItemInRange")),
        (vec!["1".into()], vec!["false".into()])
    );
    let second = client.ask(&search(1)).await;
    assert_eq!(second.texts("CalendarItemType"), ["RecurringMaster"]);
    assert_eq!(root(&second, "IncludesLastItemInRange"), ["true"]);
}

/// S3.9: items are told by id, one message each; an occurrence by its own.
#[tokio::test]
async fn items_are_told_by_id() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let ids = client.ask(&find(&[])).await.attributes("ItemId", "Id");
    let bert = &exchange.items(BERT)[0].0;
    let question = get(&[&ids[0], &ids[1], "?", bert], &["item:Subject", "calendar:Start", "calendar:Location"]);
    let answer = client.ask(&question).await;
    assert_eq!(answer.texts("ResponseCode"), ["NoError", "NoError", "ErrorInvalidIdMalformed", "ErrorAccessDenied"]);
    assert_eq!(answer.texts("Subject"), ["Weekly", "Budget &amp; plans"]);
    assert_eq!((answer.texts("Start")[0].as_str(), answer.texts("Location").len()), ("2026-11-20T07:30:00Z", 1));
    assert!(exchange.remove(&ids[1]));
    assert_eq!(client.ask(&get(&[&ids[1]], &[])).await.texts("ResponseCode"), ["ErrorItemNotFound"]);
}

/// S3.9: times of items come in the zone that the header names, and all-day items begin at their own midnight.
#[tokio::test]
async fn times_of_items_have_the_offset_of_the_header() {
    let exchange = exchange().await;
    let zone = "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"W. Europe Standard Time\"/></t:TimeZoneContext>";
    let mut client = Client::basic(exchange.address(), "bert", "banana").await.with_soap(zone);
    let answer = client.ask(&find(&["calendar:Start", "calendar:IsAllDayEvent", "calendar:StartTimeZone"])).await;
    assert_eq!(
        (answer.texts("Start"), answer.texts("IsAllDayEvent")),
        (vec!["2026-11-19T00:00:00+01:00".into()], vec!["true".into()])
    );
    assert_eq!(answer.attributes("StartTimeZone", "Id"), ["W. Europe Standard Time"]);
    exchange.modify(&exchange.items(BERT)[0].0, |item| item.zone_label = Some("Customized Time Zone".into()));
    let answer = client.ask(&find(&["calendar:StartTimeZone"])).await;
    assert_eq!(answer.attributes("StartTimeZone", "Name"), ["Customized Time Zone"]);
}

/// S3.7: automatic replies, told to their owner alone.
#[tokio::test]
async fn automatic_replies_are_told_to_their_owner() {
    let exchange = exchange().await;
    exchange.change(|company| {
        let oof = &mut company.account_mut(ANNA).unwrap().oof;
        oof.state = OofState::Scheduled;
        oof.start = Some("2026-11-20T08:00:00Z".parse().unwrap());
        oof.end = Some("2026-11-21T08:00:00Z".parse().unwrap());
        oof.internal_reply = "Back <soon>".to_owned();
    });
    let mut client = anna(&exchange).await;
    let answer = client.ask(&oof(ANNA)).await;
    assert_eq!(
        (answer.texts("OofState"), answer.texts("StartTime")),
        (vec!["Scheduled".into()], vec!["2026-11-20T08:00:00".into()])
    );
    assert!(answer.body.contains("<t:Message>Back &lt;soon&gt;</t:Message>"));
    let refused = client.ask(&oof(BERT)).await;
    assert_eq!((refused.status, refused.texts("faultstring")), (500, vec!["User is not mailbox owner.".into()]));
    let tips = "<m:GetMailTips><m:SendingAs><t:EmailAddress>x</t:EmailAddress></m:SendingAs><m:Recipients><t:Mailbox>\
                <t:EmailAddress>anna@firma.example</t:EmailAddress></t:Mailbox></m:Recipients></m:GetMailTips>";
    let answer = Client::basic(exchange.address(), "bert", "banana").await.ask(tips).await;
    assert_eq!(answer.texts("Message"), ["Back &lt;soon&gt;"]);
}

/// S3.10: the service account acts for others, if it may and if they exist.
#[tokio::test]
async fn acting_for_others_needs_the_right() {
    let exchange = exchange().await;
    let service = || Client::basic(exchange.address(), "service", "secret");
    let answer = service().await.acting_as(ANNA).ask(&find(&["calendar:Start"])).await;
    assert_eq!(answer.texts("Start").len(), 3);
    assert_eq!(service().await.acting_as(ANNA).ask(&oof(ANNA)).await.texts("OofState"), ["Disabled"]);
    let code = |answer: crate::client::Answer| (answer.status, answer.texts("ResponseCode").remove(0));
    let refused = anna(&exchange).await.acting_as(BERT).ask(&find(&[])).await;
    assert_eq!(code(refused), (500, "ErrorImpersonateUserDenied".to_owned()));
    let nobody = service().await.acting_as("nobody@firma.example").ask(&find(&[])).await;
    assert_eq!(code(nobody), (500, "ErrorNonExistentMailbox".to_owned()));
    let alias = service().await.acting_as("a.berg@firma.example").ask(&find(&[])).await;
    assert!(alias.body.contains(&format!("Name=\"Primary\">{ANNA}<")));
    assert_eq!(code(alias), (500, "ErrorNonPrimarySmtpAddress".to_owned()));
}

/// S3.10: folders, names and zones, as clients look for them at first.
#[tokio::test]
async fn what_clients_ask_at_first_is_answered() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let folders = "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>\
                   <t:DistinguishedFolderId Id=\"root\"/><t:DistinguishedFolderId Id=\"calendar\"/>\
                   <t:DistinguishedFolderId Id=\"nowhere\"/></m:FolderIds></m:GetFolder>";
    let answer = client.ask(folders).await;
    assert_eq!(answer.texts("ResponseCode"), ["NoError", "NoError", "ErrorFolderNotFound"]);
    assert_eq!(answer.texts("TotalCount"), ["0", "3"]);
    let root = answer.attributes("FolderId", "Id").remove(0);
    let convert = format!(
        "<m:ConvertId DestinationFormat=\"EwsId\"><m:SourceIds>\
         <t:AlternateId Format=\"EwsId\" Id=\"{root}\" Mailbox=\"blah@blah.com\"/></m:SourceIds></m:ConvertId>"
    );
    assert_eq!(client.ask(&convert).await.attributes("AlternateId", "Mailbox"), [ANNA]);
    let zones = "<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"><m:Ids><t:Id>W. Europe Standard Time</t:Id></m:Ids></m:GetServerTimeZones>";
    let answer = client.ask(zones).await;
    assert_eq!(answer.attributes("Period", "Bias"), ["-PT1H", "-PT2H"]);
    assert_eq!(
        (answer.texts("Month"), answer.texts("Occurrence")),
        (vec!["3".into(), "10".into()], vec!["-1".into(), "-1".into()])
    );
    let names =
        "<m:ResolveNames ReturnFullContactData=\"false\"><m:UnresolvedEntry>bert</m:UnresolvedEntry></m:ResolveNames>";
    assert_eq!(client.ask(names).await.texts("EmailAddress"), [BERT]);
    let nobody = names.replace(">bert<", ">zoe<");
    assert_eq!(client.ask(&nobody).await.texts("ResponseCode"), ["ErrorNameResolutionNoResults"]);
}

/// S3.10: changes of a calendar by state, in pages.
#[tokio::test]
async fn changes_are_told_from_a_state_on() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let sync = |state: &str, most: u32| {
        format!(
            "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>\
             <t:DistinguishedFolderId Id=\"calendar\"/></m:SyncFolderId><m:SyncState>{state}</m:SyncState>\
             <m:MaxChangesReturned>{most}</m:MaxChangesReturned></m:SyncFolderItems>"
        )
    };
    let first = client.ask(&sync("", 2)).await;
    assert_eq!((first.texts("Create").len(), first.texts("IncludesLastItemInRange")), (2, vec!["false".into()]));
    let second = client.ask(&sync(&first.texts("SyncState")[0], 2)).await;
    assert_eq!((second.texts("Create").len(), second.texts("IncludesLastItemInRange")), (1, vec!["true".into()]));
    let items = exchange.items(ANNA);
    exchange.modify(&items[0].0, |item| item.show_as = ShowAs::Free);
    exchange.remove(&items[1].0);
    let third = client.ask(&sync(&second.texts("SyncState")[0], 100)).await;
    let counts = ["Create", "Update", "Delete"].map(|name| third.texts(name).len());
    assert_eq!(counts, [0, 1, 1]);
    let bad = client.ask(&sync("nonsense", 1)).await;
    assert_eq!(bad.texts("ResponseCode"), ["ErrorInvalidSyncStateData"]);
}

/// S3.10: what is not understood gets a fault in the form of EWS.
#[tokio::test]
async fn bad_questions_get_a_fault() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    for (question, expected) in [
        ("<m:ExportItems/>", "ErrorInvalidRequest"),
        ("<m:FindItem/>", "ErrorSchemaValidation"),
        ("<m:GetItem/>", "ErrorSchemaValidation"),
        ("<m:Subscribe/>", "ErrorInvalidSubscriptionRequest"),
        ("<m:GetStreamingEvents/>", "ErrorSchemaValidation"),
        ("", "ErrorSchemaValidation"),
        ("<m:FindItem>&bomb;</m:FindItem>", "ErrorSchemaValidation"),
    ] {
        let answer = client.ask(question).await;
        assert_eq!((answer.status, answer.texts("ResponseCode")), (500, vec![expected.to_owned()]), "{question}");
        assert_eq!(answer.texts("faultcode"), [format!("t:{expected}")]);
    }
    let old = Client::basic(exchange.address(), "anna", "apple").await;
    let answer = old.with_soap("").ask(&find(&[])).await;
    assert_eq!(answer.status, 200);
    let mut new = Client::basic(exchange.address(), "anna", "apple").await;
    let answer = new
        .request(
            "POST",
            "/EWS/EXCHANGE.asmx",
            "<E><Header><RequestServerVersion Version='Exchange1999'/></Header><Body><FindItem/></Body></E>",
        )
        .await;
    assert_eq!(answer.texts("ResponseCode"), ["ErrorInvalidServerVersion"]);
    assert_eq!(new.request("POST", "/elsewhere", "").await.status, 404);
}

/// S3.10: Autodiscover names the address of EWS.
#[tokio::test]
async fn autodiscover_names_the_address() {
    let exchange = exchange().await;
    let mut client = anna(&exchange).await;
    let question = |address: &str| {
        format!("<Autodiscover><Request><EMailAddress>{address}</EMailAddress></Request></Autodiscover>")
    };
    let answer = client.request("POST", "/Autodiscover/Autodiscover.xml", &question(BERT)).await;
    assert_eq!(answer.texts("EwsUrl"), [exchange.url(), exchange.url()]);
    let nobody = client.request("POST", "/autodiscover/autodiscover.xml", &question("nobody@firma.example")).await;
    assert_eq!((nobody.status, nobody.texts("ErrorCode")), (200, vec!["500".into()]));
}
