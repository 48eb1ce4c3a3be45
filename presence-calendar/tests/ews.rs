//! Exchange by hand-written answers: what is asked, and what becomes of what is answered.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_calendar::ews::{Exchange, ResponseCode, Told, Unknown};
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_calendar::zone::Zone;
use presence_core::calendar::Importance;
use presence_core::http::HttpError;
use presence_core::testing::http::{CannedAnswer, CannedHttp};
use presence_core::{Address, Agenda, Meeting, ShowAs, SourceErrorKind, Span};

const URL: &str = "https://mail.example.com/EWS/Exchange.asmx";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(time(start), time(end)).unwrap()
}

fn week() -> Span {
    span("2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z")
}

fn anna() -> Address {
    Address::smtp("anna@example.com").unwrap()
}

/// An answer with this in its body. Namespaces are as in the documentation: `https`, and other prefixes than ours.
fn soap(body: &str) -> CannedAnswer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<q:Envelope xmlns:q=\"https://schemas.xmlsoap.org/soap/envelope/\">\
         <q:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"1\"/></q:Header><q:Body>{body}</q:Body>\
         </q:Envelope>"
    );
    CannedAnswer::status(200).header("Content-Type", "text/xml; charset=utf-8").body(text)
}

fn fault(code: &str, more: &str) -> CannedAnswer {
    let text = format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>a:{code}</faultcode>\
         <faultstring>no sesame</faultstring><detail><e:ResponseCode>\n   {code}\n</e:ResponseCode>{more}</detail>\
         </s:Fault></s:Body></s:Envelope>"
    );
    CannedAnswer::status(500).header("Content-Type", "text/xml").body(text)
}

fn exchange(answers: impl IntoIterator<Item = CannedAnswer>) -> (Arc<CannedHttp>, Exchange) {
    let http = Arc::new(CannedHttp::new());
    answers.into_iter().for_each(|answer| http.then(answer));
    let stockholm = Zone::named("Europe/Stockholm").unwrap();
    (Arc::clone(&http), Exchange::new(http, URL).impersonating().zone(stockholm))
}

fn asked(http: &CannedHttp) -> Vec<String> {
    http.requests().into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect()
}

fn told(agenda: &Agenda) -> Vec<(String, String, ShowAs)> {
    let at = |meeting: &Meeting| {
        let [start, end] = [meeting.span().start(), meeting.span().end()].map(|second| second.time().unwrap());
        (start.format("%dT%H:%M").to_string(), end.format("%dT%H:%M").to_string(), meeting.show_as())
    };
    agenda.meetings().iter().map(at).collect()
}

fn block(start: &str, end: &str, show_as: ShowAs) -> (String, String, ShowAs) {
    (start.to_owned(), end.to_owned(), show_as)
}

mod availability {
    use super::*;

    fn event(start: &str, end: &str, busy: &str, details: &str) -> String {
        format!(
            "<CalendarEvent><StartTime>2026-11-{start}</StartTime><EndTime>2026-11-{end}</EndTime>\
             <BusyType>{busy}</BusyType>{details}</CalendarEvent>"
        )
    }

    fn view(kind: &str, inner: &str) -> String {
        format!(
            "<FreeBusyResponse><ResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode>\
             </ResponseMessage><FreeBusyView><FreeBusyViewType>{kind}</FreeBusyViewType>{inner}</FreeBusyView>\
             </FreeBusyResponse>"
        )
    }

    fn events(events: &[String]) -> String {
        view("FreeBusyMerged", &format!("<CalendarEventArray>{}</CalendarEventArray>", events.concat()))
    }

    fn refused(code: &str) -> String {
        format!(
            "<FreeBusyResponse><ResponseMessage ResponseClass=\"Error\"><MessageText>sesame</MessageText>\
             <ResponseCode>\r\n  {code}\n </ResponseCode></ResponseMessage><FreeBusyView>\
             <FreeBusyViewType>None</FreeBusyViewType></FreeBusyView></FreeBusyResponse>"
        )
    }

    fn answer(responses: &[String]) -> CannedAnswer {
        soap(&format!(
            "<GetUserAvailabilityResponse><FreeBusyResponseArray>{}</FreeBusyResponseArray>\
             </GetUserAvailabilityResponse>",
            responses.concat()
        ))
    }

    async fn read(responses: &[String]) -> Vec<Result<Agenda, Unknown>> {
        let (_, exchange) = exchange([answer(responses)]);
        let mailboxes = vec![anna(); responses.len()];
        let read = exchange.availability(&mailboxes, week()).await.unwrap();
        read.into_iter().map(|availability| availability.map(|known| known.agenda)).collect()
    }

    /// S0.5, S3.8: free/busy of several people in one question, in the order in which they were asked for.
    #[tokio::test]
    async fn words_and_times() {
        use ShowAs::{Busy, Free, OutOfOffice, Tentative, WorkingElsewhere};
        let first = events(&[
            event("20T08:00:00", "20T09:00:00", "Tentative", ""),
            event("20T10:00:00+01:00", "20T11:00:00+01:00", "Busy", ""),
            event("20T12:00:00Z", "20T13:00:00Z", "\n OOF ", ""),
            event("21T08:00:00", "21T09:00:00", "WorkingElsewhere", ""),
            event("22T08:00:00", "22T09:00:00", "Free", ""),
            event("23T09:00:00", "23T08:00:00", "Gardening", ""),
            event("24T08:00:00", "24T08:00:00", "Busy", ""),
        ]);
        let read = read(&[first, events(&[event("20T08:00:00", "20T09:00:00", "Busy", "")])]).await;
        let expected = [
            block("20T08:00", "20T09:00", Tentative),
            block("20T09:00", "20T10:00", Busy),
            block("20T12:00", "20T13:00", OutOfOffice),
            block("21T08:00", "21T09:00", WorkingElsewhere),
            block("22T08:00", "22T09:00", Free),
            block("23T08:00", "23T09:00", Busy),
        ];
        assert_eq!(told(read[0].as_ref().unwrap()), expected);
        assert_eq!(told(read[1].as_ref().unwrap()), [block("20T08:00", "20T09:00", Busy)]);
        assert_eq!(read[0].as_ref().unwrap().covered(), week());
    }

    /// S3.8: what is refused, missing or not to be understood is unknown, and never free.
    #[tokio::test]
    async fn unknown_is_never_free() {
        let read = read(&[
            refused("ErrorMailRecipientNotFound"),
            refused("ErrorMailboxMoveInProgress"),
            view("None", ""),
            view("FreeBusy", ""),
            view("Sesame", "<CalendarEventArray/>"),
            events(&[event("20T08:00:00", "soon", "Busy", ""), event("20T08:00:00", "20T09:00:00", "Busy", "")]),
            "<FreeBusyResponse/>".to_owned(),
            view("FreeBusy", "<CalendarEventArray/>"),
            view("FreeBusyMerged", "<MergedFreeBusy>00</MergedFreeBusy>"),
        ])
        .await;
        let unknown: Vec<_> = read.iter().map(|read| read.as_ref().err().cloned()).collect();
        assert_eq!(unknown, {
            [
                Some(Unknown::Refused(ResponseCode::MailRecipientNotFound)),
                Some(Unknown::Refused(ResponseCode::MailboxMoveInProgress)),
                Some(Unknown::NoData),
                Some(Unknown::NoData),
                Some(Unknown::NoData),
                Some(Unknown::Unreadable),
                Some(Unknown::NoData),
                None,
                None,
            ]
        });
        assert!(unknown[0].as_ref().unwrap().is_lasting() && !unknown[1].as_ref().unwrap().is_lasting());
        let short = read[8].as_ref().unwrap();
        assert_eq!(short.covered(), span("2026-11-20T00:00:00Z", "2026-11-20T00:30:00Z"));
        assert!(!format!("{read:?}").contains("sesame"));
    }

    /// Another number of mailboxes than was asked for: nobody knows who is meant.
    #[tokio::test]
    async fn the_count_must_be_right() {
        for count in [0, 1, 3] {
            let responses = vec![events(&[]); count];
            let (_, exchange) = exchange([answer(&responses)]);
            let error = exchange.availability(&[anna(), anna()], week()).await.unwrap_err();
            assert_eq!(error.kind(), SourceErrorKind::Protocol, "{count}");
        }
    }

    /// S0.18: what was typed into a private meeting gets into no value; the others keep it.
    #[tokio::test]
    async fn private_details_are_dropped_while_reading() {
        let details = |private: &str| {
            format!(
                "<CalendarEventDetails><ID>canary-id</ID><Subject>canary &amp; subject</Subject>\
                 <Location><![CDATA[canary place]]></Location>{private}</CalendarEventDetails>"
            )
        };
        for private in ["<IsPrivate>true</IsPrivate>", "<IsPrivate>perhaps</IsPrivate>", ""] {
            let event = event("20T08:00:00", "20T09:00:00", "Busy", &details(private));
            let read = read(&[view("Detailed", &format!("<CalendarEventArray>{event}</CalendarEventArray>"))]).await;
            let meeting = &read[0].as_ref().unwrap().meetings()[0];
            assert!(meeting.is_private() && meeting.texts().is_none(), "{private}");
        }
        let event = event("20T08:00:00", "20T09:00:00", "Busy", &details("<IsPrivate>false</IsPrivate>"));
        let read = read(&[view("Detailed", &format!("<CalendarEventArray>{event}</CalendarEventArray>"))]).await;
        let texts = read[0].as_ref().unwrap().meetings()[0].texts().unwrap();
        assert_eq!(&**texts.subject.as_ref().unwrap().reveal(), "canary & subject");
        assert_eq!(&**texts.place.as_ref().unwrap().reveal(), "canary place");
        assert!(!format!("{read:?}").contains("canary"));
    }

    /// S0.5: a hundred mailboxes at a time; 42 days at most; and no texts are asked for.
    #[tokio::test]
    async fn many_mailboxes_are_asked_for_a_hundred_at_a_time() {
        let responses = |count: usize| answer(&vec![events(&[]); count]);
        let (http, exchange) = exchange([responses(100), responses(100), responses(30)]);
        let mailboxes: Vec<_> = (0..230).map(|n| Address::smtp(&format!("u{n}@example.com")).unwrap()).collect();
        let year = span("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        let read = exchange.availability(&mailboxes, year).await.unwrap();
        assert_eq!(read.len(), 230);
        assert_eq!(read[0].as_ref().unwrap().agenda.covered(), span("2026-01-01T00:00:00Z", "2026-02-12T00:00:00Z"));
        let asked = asked(&http);
        let first = |body: &String| body.split("<t:Address>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(
            asked.iter().map(first).collect::<Vec<_>>(),
            ["u0@example.com", "u100@example.com", "u200@example.com"]
        );
        assert!(asked.iter().all(|body| body.contains("<t:RequestedView>FreeBusyMerged<")));
    }

    /// A mailbox with too much in it is asked for half of the time; the others are not asked again.
    #[tokio::test]
    async fn too_much_is_asked_for_in_halves() {
        let (http, exchange) = exchange([
            answer(&[events(&[]), refused("ErrorResultSetTooBig")]),
            answer(&[refused("ErrorResultSetTooBig")]),
            answer(&[events(&[])]),
        ]);
        let read = exchange.availability(&[anna(), Address::smtp("busy@example.com").unwrap()], week()).await.unwrap();
        assert_eq!(read[0].as_ref().unwrap().agenda.covered(), week());
        let quarter = span("2026-11-20T00:00:00Z", "2026-11-21T18:00:00Z");
        assert_eq!(read[1].as_ref().unwrap().agenda.covered(), quarter);
        assert!(!asked(&http)[2].contains("anna@example.com"));
    }

    /// Distribution lists count by their members: a batch that is too big is halved.
    #[tokio::test]
    async fn too_many_are_asked_for_in_halves() {
        let (_, exchange) = exchange([
            fault("ErrorMailboxDataArrayTooBig", ""),
            answer(&[events(&[])]),
            fault("ErrorMailboxDataArrayTooBig", ""),
        ]);
        let read = exchange.availability(&[anna(), Address::smtp("all@example.com").unwrap()], week()).await.unwrap();
        assert!(read[0].is_ok());
        assert_eq!(read[1], Err(Unknown::Refused(ResponseCode::MailboxDataArrayTooBig)));
    }

    /// S3.6: working hours come along, and their zone is that of the mailbox.
    #[tokio::test]
    async fn working_hours_come_along() {
        let hours = "<CalendarEventArray/><WorkingHours><TimeZone><Bias>300</Bias><StandardTime><Bias>0</Bias>\
            <Time>02:00:00</Time><DayOrder>1</DayOrder><Month>11</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime>\
            <DaylightTime><Bias>-60</Bias><Time>02:00:00</Time><DayOrder>2</DayOrder><Month>3</Month>\
            <DayOfWeek>Sunday</DayOfWeek></DaylightTime></TimeZone><WorkingPeriodArray><WorkingPeriod><DayOfWeek>Monday\n \
            Friday</DayOfWeek><StartTimeInMinutes>540</StartTimeInMinutes><EndTimeInMinutes>1020</EndTimeInMinutes>\
            </WorkingPeriod></WorkingPeriodArray></WorkingHours>";
        let (_, exchange) = exchange([answer(&[view("FreeBusy", hours)])]);
        let read = exchange.overviews(&[anna()], week()).await.unwrap().unwrap();
        let overview = read[0].as_ref().unwrap();
        let expected = [
            span("2026-11-20T14:00:00Z", "2026-11-20T22:00:00Z"),
            span("2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z"),
        ];
        assert_eq!(overview.hours.as_ref().unwrap().spans(), expected);
    }

    /// Cut off at any byte the answer is an error, and never a day without meetings.
    #[test]
    fn cut_off_anywhere_is_an_error() {
        let whole = format!(
            "<?xml version='1.0'?><s:Envelope xmlns:s='x'><s:Body><GetUserAvailabilityResponse><FreeBusyResponseArray>{}\
             </FreeBusyResponseArray></GetUserAvailabilityResponse></s:Body></s:Envelope>",
            events(&[event("20T08:00:00", "20T09:00:00", "Busy", "")])
        );
        let read = |bytes: &[u8]| presence_calendar::ews::read_availability(bytes, 1, week());
        assert!(read(whole.as_bytes()).unwrap()[0].is_ok());
        for length in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..length]).is_err(), "{length}");
        }
        let bomb = format!("<!DOCTYPE a [<!ENTITY b '{}'>]>{whole}", "b".repeat(1_000));
        assert!(read(bomb.as_bytes()).is_err());
    }
}

mod meetings {
    use super::*;

    struct Item<'a> {
        id: &'a str,
        start: &'a str,
        end: &'a str,
        more: &'a str,
    }

    fn item(id: &str, start: &str, end: &str, more: &str) -> String {
        let Item { id, start, end, more } = Item { id, start, end, more };
        format!(
            "<t:CalendarItem><t:ItemId Id=\"{id}\" ChangeKey=\"key{id}\"/><t:Start>2026-11-{start}</t:Start>\
             <t:End>2026-11-{end}</t:End>{more}</t:CalendarItem>"
        )
    }

    fn words(sensitivity: &str, importance: &str, busy: &str) -> String {
        format!(
            "<t:Sensitivity>{sensitivity}</t:Sensitivity><t:Importance>{importance}</t:Importance>\
             <t:LegacyFreeBusyStatus>{busy}</t:LegacyFreeBusyStatus><t:CalendarItemType>Single</t:CalendarItemType>"
        )
    }

    fn list(is_last: bool, items: &[String]) -> CannedAnswer {
        soap(&format!(
            "<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass=\"Success\">\
             <m:ResponseCode>NoError</m:ResponseCode><m:RootFolder TotalItemsInView=\"{}\" \
             IncludesLastItemInRange=\"{is_last}\"><t:Items>{}</t:Items></m:RootFolder></m:FindItemResponseMessage>\
             </m:ResponseMessages></m:FindItemResponse>",
            items.len(),
            items.concat()
        ))
    }

    fn texts(items: &[(&str, &str, &str)]) -> CannedAnswer {
        let message = |(id, subject, sensitivity): &(&str, &str, &str)| {
            format!(
                "<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:Items>\
                 <t:CalendarItem><t:ItemId Id=\"{id}\"/><t:Subject>{subject}</t:Subject>\
                 <t:Sensitivity>{sensitivity}</t:Sensitivity><t:Location>Room {id}</t:Location></t:CalendarItem></m:Items>\
                 </m:GetItemResponseMessage>"
            )
        };
        let messages: String = items.iter().map(message).collect();
        soap(&format!("<m:GetItemResponse><m:ResponseMessages>{messages}</m:ResponseMessages></m:GetItemResponse>"))
    }

    fn subject(meeting: &Meeting) -> Option<&str> {
        Some(meeting.texts()?.subject.as_ref()?.reveal())
    }

    /// S0.10, S0.11, S0.12, S0.14, S0.15, S0.16, S3.9: importance and word of each meeting, subject and place of those
    /// that are not private.
    #[tokio::test]
    async fn meetings_with_their_words_and_texts() {
        let (http, exchange) = exchange([
            list(
                true,
                &[
                    item("a", "20T08:00:00Z", "20T09:00:00Z", &words("Normal", "Normal", "Busy")),
                    item("b", "20T10:00:00Z", "20T11:00:00Z", &words("Personal", "High", "OOF")),
                    item("c", "20T12:00:00Z", "20T13:00:00Z", &words("Normal", "Low", "Free")),
                ],
            ),
            texts(&[("b", "Two &lt;2&gt;", "Personal"), ("a", "One", "Normal"), ("c", "", "Normal")]),
        ]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        use ShowAs::{Busy, Free, OutOfOffice};
        let looks: Vec<_> = agenda.meetings().iter().map(|m| (subject(m), m.importance(), m.show_as())).collect();
        assert_eq!(looks, {
            [
                (Some("One"), Importance::Normal, Busy),
                (Some("Two <2>"), Importance::High, OutOfOffice),
                (None, Importance::Low, Free),
            ]
        });
        let place = agenda.meetings()[0].texts().unwrap().place.as_ref().unwrap();
        assert_eq!(&**place.reveal(), "Room a");
        let asked = asked(&http);
        assert!(asked[0].contains("<t:PrimarySmtpAddress>anna@example.com<") && asked[0].contains("CalendarView"));
        assert!(!asked[0].contains("item:Subject") && !asked[0].contains("calendar:Location"), "{}", asked[0]);
        assert!(asked[1].contains("Id=\"a\" ChangeKey=\"keya\""), "{}", asked[1]);
        assert_eq!(http.requests()[0].headers.get("X-AnchorMailbox"), Some("anna@example.com"));
        assert!(!format!("{agenda:?} {exchange:?}").contains("Room"));
    }

    /// S0.18: the texts of a private meeting are not even asked for; one that became private in between loses them.
    #[tokio::test]
    async fn texts_of_private_meetings_do_not_cross_the_wire() {
        let (http, exchange) = exchange([
            list(
                true,
                &[
                    item("open", "20T08:00:00Z", "20T09:00:00Z", &words("Normal", "Normal", "Busy")),
                    item("private", "20T10:00:00Z", "20T11:00:00Z", &words("Private", "High", "Busy")),
                    item("confidential", "20T12:00:00Z", "20T13:00:00Z", &words("Confidential", "High", "Busy")),
                    item("strange", "20T14:00:00Z", "20T15:00:00Z", &words("Sesame", "High", "Busy")),
                    item("silent", "20T16:00:00Z", "20T17:00:00Z", "<t:Importance>High</t:Importance>"),
                    item("later", "20T18:00:00Z", "20T19:00:00Z", &words("Normal", "High", "Busy")),
                ],
            ),
            texts(&[("open", "One", "Normal"), ("later", "canary", "Private")]),
        ]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        let private: Vec<_> = agenda.meetings().iter().map(Meeting::is_private).collect();
        assert_eq!(private, [false, true, true, true, true, true]);
        let bare = |m: &Meeting| m.texts().is_none() && m.importance() == Importance::Normal;
        assert!(agenda.meetings()[1..].iter().all(bare));
        let second = &asked(&http)[1];
        for id in ["private", "confidential", "strange", "silent"] {
            assert!(!second.contains(&format!("\"{id}\"")), "{id}");
        }
        assert!(!format!("{agenda:?}").contains("canary"));
    }

    /// What does not count, and what is no meeting.
    #[tokio::test]
    async fn cancelled_declined_and_what_is_no_meeting() {
        let normal = words("Private", "Normal", "Busy");
        let (_, exchange) = exchange([list(
            true,
            &[
                item("a", "20T08:00:00Z", "20T09:00:00Z", &format!("{normal}<t:IsCancelled>true</t:IsCancelled>")),
                item(
                    "b",
                    "20T10:00:00Z",
                    "20T11:00:00Z",
                    &format!("{normal}<t:MyResponseType>Decline</t:MyResponseType>"),
                ),
                item("c", "20T12:00:00Z", "20T12:00:00Z", &normal),
                item("d", "20T13:00:00Z", "20T14:00:00Z", "<t:CalendarItemType>RecurringMaster</t:CalendarItemType>"),
                "<t:MeetingRequest><t:ItemId Id=\"e\"/></t:MeetingRequest>".to_owned(),
                item("f", "20T16:00:00Z", "20T15:00:00Z", "<t:Sensitivity>Private</t:Sensitivity>"),
            ],
        )]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        let flags = |m: &Meeting| (m.is_cancelled(), m.is_declined(), m.show_as());
        let flags: Vec<_> = agenda.meetings().iter().map(flags).collect();
        use ShowAs::{Busy, Free};
        let expected = [(true, false, Busy), (false, true, Busy), (false, false, Free), (false, false, Busy)];
        assert_eq!(flags, expected);
        assert_eq!(told(&agenda)[3], block("20T15:00", "20T16:00", Busy));
    }

    /// A whole day is the day of whoever wrote it, by the clock of whoever has it in his calendar.
    #[tokio::test]
    async fn whole_days_are_days_of_the_calendar() {
        let days =
            |zone: &str| format!("{}<t:IsAllDayEvent>true</t:IsAllDayEvent>{zone}", words("Private", "Normal", "OOF"));
        let cases = [
            // Stockholm, in several words, and in none.
            ("20T23:00:00Z", "21T23:00:00Z", "<t:StartTimeZone Id=\"W. Europe Standard Time\" Name=\"x\"/>"),
            ("20T23:00:00Z", "21T23:00:00Z", "<t:StartTimeZone Id=\"\" Name=\"W. Europe Standard Time\"/>"),
            (
                "20T23:00:00Z",
                "21T23:00:00Z",
                "<t:StartTimeZone Id=\"Customized Time Zone\"><t:Periods/></t:StartTimeZone>",
            ),
            ("20T23:00:00Z", "21T23:00:00Z", ""),
            // New York and Tokyo.
            ("21T05:00:00Z", "22T05:00:00Z", "<t:StartTimeZone Id=\"Eastern Standard Time\"/>"),
            ("20T15:00:00Z", "21T15:00:00Z", "<t:StartTimeZone Id=\"Tokyo Standard Time\"/>"),
            // Nobody knows where.
            ("20T22:00:00Z", "21T22:00:00Z", "<t:StartTimeZone Id=\"Sesame\"/>"),
            ("21T02:00:00Z", "22T02:00:00Z", "<t:StartTimeZone Id=\"Sesame\"/>"),
        ];
        for (start, end, zone) in cases {
            let (_, exchange) = exchange([list(true, &[item("a", start, end, &days(zone))])]);
            let agenda = exchange.meetings(&anna(), week()).await.unwrap();
            let meeting = &agenda.meetings()[0];
            let day = |day: &str| day.parse().unwrap();
            assert_eq!(meeting.days(), Some((day("2026-11-21"), day("2026-11-22"))), "{start} {zone}");
            assert_eq!(meeting.span(), span("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"), "{start} {zone}");
        }
    }

    /// S3.9: a list that was cut off is read on from its last meeting.
    #[tokio::test]
    async fn a_list_that_was_cut_off_is_read_on() {
        let meeting = |id: &str, hour: u32| {
            item(
                id,
                &format!("20T{hour:02}:00:00Z"),
                &format!("20T{:02}:30:00Z", hour),
                &words("Private", "Low", "Busy"),
            )
        };
        let (http, exchange) = exchange([
            list(false, &[meeting("a", 8), meeting("b", 9)]),
            list(false, &[meeting("b", 9), meeting("c", 10)]),
            list(true, &[meeting("c", 10)]),
        ]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        assert_eq!((agenda.meetings().len(), agenda.covered()), (3, week()));
        let start = |body: &String| body.split("StartDate=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let starts: Vec<_> = asked(&http).iter().map(start).collect();
        assert_eq!(starts, ["2026-11-20T00:00:00Z", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"]);
    }

    /// The rest of a batch that was stopped is asked for again; a meeting that is gone keeps its time.
    #[tokio::test]
    async fn a_batch_that_was_stopped_is_asked_for_again() {
        let failed = |code: &str| {
            format!(
                "<m:GetItemResponseMessage ResponseClass=\"Error\"><m:MessageText>no</m:MessageText>\
                 <m:ResponseCode>{code}</m:ResponseCode><m:Items/></m:GetItemResponseMessage>"
            )
        };
        let stopped = failed("ErrorItemNotFound") + &failed("ErrorBatchProcessingStopped");
        let (http, exchange) = exchange([
            list(
                true,
                &[
                    item("a", "20T08:00:00Z", "20T09:00:00Z", &words("Normal", "Normal", "Busy")),
                    item("b", "20T10:00:00Z", "20T11:00:00Z", &words("Normal", "Normal", "Busy")),
                ],
            ),
            soap(&format!("<m:GetItemResponse><m:ResponseMessages>{stopped}</m:ResponseMessages></m:GetItemResponse>")),
            texts(&[("b", "Two", "Normal")]),
        ]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        assert_eq!(agenda.meetings().iter().map(subject).collect::<Vec<_>>(), [None, Some("Two")]);
        assert_eq!(http.left(), 0);
    }

    /// A list without its meetings, or a meeting without its time, is no free week.
    #[tokio::test]
    async fn what_is_missing_is_an_error() {
        let message = |inner: &str| {
            soap(&format!(
                "<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass=\"Success\">\
                 <m:ResponseCode>NoError</m:ResponseCode>{inner}</m:FindItemResponseMessage></m:ResponseMessages>\
                 </m:FindItemResponse>"
            ))
        };
        let answers = [
            message(""),
            message("<m:RootFolder IncludesLastItemInRange=\"true\"/>"),
            soap("<m:FindItemResponse><m:ResponseMessages/></m:FindItemResponse>"),
            soap("<m:GetItemResponse/>"),
            list(true, &["<t:CalendarItem><t:ItemId Id=\"a\"/></t:CalendarItem>".to_owned()]),
        ];
        for answer in answers {
            let (_, exchange) = exchange([answer.clone()]);
            let error = exchange.meetings(&anna(), week()).await.unwrap_err();
            assert_eq!(error.kind(), SourceErrorKind::Protocol, "{answer:?}");
        }
    }

    /// What is wrong with one mailbox is told apart from what is wrong with the server.
    #[tokio::test]
    async fn trouble_with_one_mailbox_is_told_apart() {
        let cases = [
            ("ErrorNonExistentMailbox", Some(MailboxTrouble::NotFound)),
            ("ErrorAccessDenied", Some(MailboxTrouble::Forbidden)),
            ("ErrorMailboxMoveInProgress", Some(MailboxTrouble::Unavailable)),
            ("ErrorInternalServerError", Some(MailboxTrouble::Unavailable)),
            ("ErrorCorruptData", Some(MailboxTrouble::Unavailable)),
            ("ErrorServerBusy", None),
            ("ErrorSchemaValidation", None),
            ("ErrorImpersonationDenied", None),
        ];
        for (code, trouble) in cases {
            let (_, exchange) = exchange([fault(code, "")]);
            let read = exchange.agenda(&anna(), week()).await;
            assert_eq!(read.ok().map(|read| read.unwrap_err()), trouble, "{code}");
        }
    }

    /// S0.5: a mailbox whose answer makes no sense is trouble with that one; an answer that was cut off, or a page, is
    /// trouble with the server.
    #[tokio::test]
    async fn a_mailbox_that_makes_no_sense_does_not_stop_the_others() {
        let html = CannedAnswer::status(200).header("Content-Type", "text/html").body("<html/>");
        let xml = |body: &str| CannedAnswer::status(200).header("Content-Type", "text/xml").body(body);
        let no_time = list(true, &["<t:CalendarItem><t:ItemId Id=\"a\"/></t:CalendarItem>".to_owned()]);
        let unavailable = Some(MailboxTrouble::Unavailable);
        let cases = [(no_time, unavailable), (xml("<a>&nbsp;</b>"), unavailable)];
        for (answer, trouble) in cases.into_iter().chain([(html, None), (xml("<s:Envelope><s:Body>"), None)]) {
            let (_, exchange) = exchange([answer.clone()]);
            let read = exchange.agenda(&anna(), week()).await;
            assert_eq!(read.ok().map(|read| read.unwrap_err()), trouble, "{answer:?}");
            let (_, exchange) = self::exchange([answer.clone()]);
            let reply = exchange.automatic_reply(&anna()).await;
            assert!(reply.is_err(), "{answer:?}");
        }
    }

    /// S3.9: a meeting whose texts the server cannot make, or that cannot be read, costs its texts and nothing else.
    #[tokio::test]
    async fn a_broken_meeting_costs_its_own_texts() {
        let whole = words("Normal", "Normal", "Busy");
        let items: Vec<_> =
            ["a", "b", "c"].map(|id| item(id, "20T08:00:00Z", "20T09:00:00Z", &whole)).into_iter().collect();
        let corrupt = "<m:GetItemResponseMessage ResponseClass=\"Error\"><m:ResponseCode>ErrorCorruptData\
            </m:ResponseCode></m:GetItemResponseMessage>";
        let message = |id: &str, subject: &str| {
            format!(
                "<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:Items>\
                 <t:CalendarItem><t:ItemId Id=\"{id}\"/><t:Subject>{subject}</t:Subject>\
                 <t:Sensitivity>Normal</t:Sensitivity></t:CalendarItem></m:Items></m:GetItemResponseMessage>"
            )
        };
        // Half of a pair, as old programs write a face into a subject.
        let all = format!("{}{corrupt}{}", message("a", "&#xD83D;"), message("c", "Budget"));
        let texts =
            soap(&format!("<m:GetItemResponse><m:ResponseMessages>{all}</m:ResponseMessages></m:GetItemResponse>"));
        let (_, exchange) = exchange([list(true, &items), texts]);
        let agenda = exchange.meetings(&anna(), week()).await.unwrap();
        let mut subjects: Vec<_> = agenda.meetings().iter().map(subject).collect();
        subjects.sort_unstable();
        assert_eq!(subjects, [None, None, Some("Budget")]);
    }
}

mod refusals {
    use super::*;

    const NO_REPLY: &str = "<GetUserOofSettingsResponse><ResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError\
        </ResponseCode></ResponseMessage><OofSettings><OofState>Disabled</OofState></OofSettings>\
        </GetUserOofSettingsResponse>";

    /// S3.10: an older server is spoken to in its own version, from then on at once.
    #[tokio::test]
    async fn the_version_is_stepped_down_and_kept() {
        let (http, exchange) = exchange([
            fault("ErrorInvalidServerVersion", ""),
            fault("ErrorIncorrectSchemaVersion", ""),
            soap(NO_REPLY),
            soap(NO_REPLY),
            soap(NO_REPLY),
        ]);
        let ben = Address::smtp("ben@example.com").unwrap();
        for mailbox in [anna(), anna(), ben] {
            assert_eq!(exchange.automatic_reply(&mailbox).await.unwrap(), None);
        }
        let version = |body: &String| body.split("Version=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let versions: Vec<_> = asked(&http).iter().map(version).collect();
        let [new, old, older] = ["Exchange2013_SP1", "Exchange2010_SP2", "Exchange2010_SP1"];
        assert_eq!(versions, [new, old, older, older, new]);
    }

    #[tokio::test]
    async fn the_primary_address_is_taken_and_kept() {
        let right = "<t:MessageXml><t:Value Name=\"Primary\">anna.andersson@example.com</t:Value></t:MessageXml>";
        let (http, exchange) = exchange([
            fault("ErrorNonPrimarySmtpAddress", right),
            soap(NO_REPLY),
            soap(NO_REPLY),
            fault("ErrorNonPrimarySmtpAddress", right),
        ]);
        assert_eq!(exchange.automatic_reply(&anna()).await.unwrap(), None);
        assert_eq!(exchange.automatic_reply(&anna()).await.unwrap(), None);
        let asked = asked(&http);
        assert!(asked[1].contains(">anna.andersson@example.com<") && asked[2].contains(">anna.andersson@example.com<"));
        // The same address again is no way out.
        assert_eq!(exchange.automatic_reply(&anna()).await.unwrap_err().kind(), SourceErrorKind::NotFound);
    }

    /// A server that names another address each time is asked no further.
    #[tokio::test]
    async fn addresses_that_lead_round_in_circles_come_to_an_end() {
        let (http, exchange) = exchange([]);
        for round in 0..40 {
            let name = ["anders", "berta"][round % 2];
            let other = format!("<t:MessageXml><t:Value Name=\"Primary\">{name}@example.com</t:Value></t:MessageXml>");
            http.then(fault("ErrorNonPrimarySmtpAddress", &other));
        }
        assert_eq!(exchange.automatic_reply(&anna()).await.unwrap_err().kind(), SourceErrorKind::NotFound);
        assert_eq!(http.requests().len(), 2);
    }

    /// What looks like an answer and is none.
    #[tokio::test]
    async fn traps_of_http_are_seen() {
        use SourceErrorKind::{Forbidden, Protocol, Throttled, Unreachable};
        let html =
            |status| CannedAnswer::status(status).header("Content-Type", "text/html").body("<html>sesame</html>");
        let date = "Fri, 20 Nov 2026 10:00:00 GMT";
        let cases = [
            (html(200), Protocol, None),
            (CannedAnswer::status(200).body("<!DOCTYPE html><html>sesame</html>"), Protocol, None),
            (CannedAnswer::status(302).header("Location", "https://mail.example.com/owa/?sesame"), Protocol, None),
            (CannedAnswer::error(HttpError::Redirected { status: 302, to: None }), Protocol, None),
            (CannedAnswer::status(401), Forbidden, None),
            (CannedAnswer::status(456), Forbidden, None),
            (CannedAnswer::status(503).header("Retry-After", "20"), Throttled, Some(20)),
            (CannedAnswer::status(503).header("Retry-After", "Fri, 20 Nov 2026 10:00:30 GMT"), Throttled, None),
            (
                CannedAnswer::status(503).header("Date", date).header("Retry-After", "Fri, 20 Nov 2026 10:00:30 GMT"),
                Throttled,
                Some(30),
            ),
            (html(500), Unreachable, None),
            (CannedAnswer::error(HttpError::TimedOut { after: std::time::Duration::from_secs(1) }), Unreachable, None),
        ];
        for (answer, kind, wait) in cases {
            let (_, exchange) = exchange([answer.clone()]);
            let error = exchange.automatic_reply(&anna()).await.unwrap_err();
            assert_eq!((error.kind(), error.wait().map(|wait| wait.as_secs())), (kind, wait), "{answer:?}");
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
    }

    #[tokio::test]
    async fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
        let wait = "<t:MessageXml><t:Value Name=\"BackOffMilliseconds\">\n 12500 </t:Value></t:MessageXml>";
        let (_, exchange) = exchange([fault("ErrorServerBusy", wait)]);
        let error = exchange.meetings(&anna(), week()).await.unwrap_err();
        assert_eq!((error.kind(), error.wait().unwrap().as_millis()), (SourceErrorKind::Throttled, 12_500));
    }
}

mod notifications {
    use super::*;

    fn subscribed(id: &str) -> String {
        format!(
            "<m:SubscribeResponse><m:ResponseMessages><m:SubscribeResponseMessage ResponseClass=\"Success\">\
             <m:ResponseCode>NoError</m:ResponseCode><m:SubscriptionId>{id}</m:SubscriptionId>\
             </m:SubscribeResponseMessage></m:ResponseMessages></m:SubscribeResponse>"
        )
    }

    fn document(class: &str, code: &str, inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"x\"><s:Body><m:GetStreamingEventsResponse><m:ResponseMessages>\
             <m:GetStreamingEventsResponseMessage ResponseClass=\"{class}\"><m:ResponseCode>{code}</m:ResponseCode>{inner}\
             </m:GetStreamingEventsResponseMessage></m:ResponseMessages></m:GetStreamingEventsResponse></s:Body>\
             </s:Envelope>\r\n"
        )
    }

    fn ok(inner: &str) -> String {
        document("Success", "NoError", inner)
    }

    fn changed(id: &str, event: &str) -> String {
        ok(&format!(
            "<m:Notifications><m:Notification><t:SubscriptionId>{id}</t:SubscriptionId><t:{event}><t:ItemId Id=\"x\"/>\
             </t:{event}></m:Notification></m:Notifications>"
        ))
    }

    fn stream(documents: &[String], length: usize) -> CannedAnswer {
        let bytes = documents.concat().into_bytes();
        let answer = CannedAnswer::status(200).header("Content-Type", "text/xml");
        bytes.chunks(length).fold(answer, CannedAnswer::piece)
    }

    fn people() -> [Address; 3] {
        ["anna@example.com", "ben@example.com", "carl@example.com"].map(|text| Address::smtp(text).unwrap())
    }

    async fn opened(answer: CannedAnswer) -> (Arc<CannedHttp>, Exchange, presence_calendar::ews::Notifications) {
        let cookie = "X-BackEndOverrideCookie=Server~1; path=/; secure";
        let (http, exchange) = exchange([
            soap(&subscribed("sub-a")).header("Set-Cookie", "other=1").header("Set-Cookie", cookie),
            fault("ErrorNonExistentMailbox", ""),
            soap(&subscribed("sub-c")),
            answer,
        ]);
        let [anna, ben, carl] = people();
        let groups = exchange.subscribe(&[carl.clone(), anna.clone(), ben.clone(), anna.clone()]).await.unwrap();
        let group = groups.first().unwrap();
        assert_eq!(group.anchor(), &anna);
        assert_eq!(group.mailboxes().collect::<Vec<_>>(), [&anna, &carl]);
        assert_eq!(group.refused(), [(ben, ResponseCode::NonExistentMailbox)]);
        let stream = exchange.stream(group).await.unwrap();
        (http, exchange, stream)
    }

    /// S0.5: a stream tells whose calendar changed, in pieces of any length.
    #[tokio::test]
    async fn changes_are_told_wherever_the_pieces_end() {
        let documents = [
            ok("<m:ConnectionStatus>OK</m:ConnectionStatus>"),
            changed("sub-a", "ModifiedEvent"),
            changed("sub-c", "StatusEvent"),
            changed("sub-c", "CreatedEvent"),
            changed("sub-x", "CreatedEvent"),
            ok("<m:ConnectionStatus>Closed</m:ConnectionStatus>"),
        ];
        let [anna, _, carl] = people();
        let expected = [Told::Alive, Told::Changed(anna), Told::Alive, Told::Changed(carl), Told::Alive, Told::Ended];
        for length in [1, 2, 7, 100, 10_000] {
            let (_, _, mut stream) = opened(stream(&documents, length)).await;
            for expected in &expected {
                assert_eq!(&stream.next().await.unwrap(), expected, "{length}");
            }
            assert_eq!(stream.next().await.unwrap(), Told::Ended);
        }
    }

    /// All that is about one group goes to the server of its anchor.
    #[tokio::test]
    async fn a_group_stays_at_one_server() {
        let (http, ..) = opened(stream(&[ok("")], 100)).await;
        let requests = http.requests();
        assert_eq!(requests.len(), 4);
        for (index, request) in requests.iter().enumerate() {
            assert_eq!(request.headers.get("X-AnchorMailbox"), Some("anna@example.com"), "{index}");
            assert_eq!(request.headers.get("X-PreferServerAffinity"), Some("true"), "{index}");
            let cookie = (index > 0).then_some("X-BackEndOverrideCookie=Server~1");
            assert_eq!(request.headers.get("Cookie"), cookie, "{index}");
        }
        let asked = asked(&http);
        assert!(asked[1].contains("<t:PrimarySmtpAddress>ben@example.com<"));
        assert!(asked[3].contains("<t:PrimarySmtpAddress>anna@example.com<"));
        assert!(asked[3].contains("<t:SubscriptionId>sub-a</t:SubscriptionId><t:SubscriptionId>sub-c<"));
        assert_eq!(requests[3].limits.silence().as_secs(), 90);
    }

    /// Any error of a stream is its end: with a status of `OK`, as a fault, or as junk.
    #[tokio::test]
    async fn errors_end_the_stream() {
        let lost = "<m:ErrorSubscriptionIds><m:SubscriptionId>sub-a</m:SubscriptionId></m:ErrorSubscriptionIds>\
            <m:ConnectionStatus>OK</m:ConnectionStatus>";
        let invalid = document("Error", "\n ErrorInvalidSubscription ", lost);
        let (_, _, mut stream_of) = opened(stream(&[invalid.clone(), invalid], 50)).await;
        for _ in 0..3 {
            assert_eq!(stream_of.next().await.unwrap(), Told::Lost(ResponseCode::InvalidSubscription));
        }
        let (_, _, mut junk) = opened(stream(&["<html></html></Envelope>".to_owned()], 5)).await;
        assert_eq!(junk.next().await.unwrap_err().kind(), SourceErrorKind::Protocol);
        assert_eq!(junk.next().await.unwrap(), Told::Ended);
        let broken = HttpError::Broken("cut off".to_owned());
        let (_, _, mut cut) = opened(stream(&[ok("")], 9).piece("<s:Env").breaks(broken)).await;
        assert_eq!(cut.next().await.unwrap(), Told::Alive);
        assert!(cut.next().await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_stream_is_refused() {
        let (_, exchange) = exchange([soap(&subscribed("sub-a")), fault("ErrorSubscriptionNotFound", "")]);
        let groups = exchange.subscribe(&[anna()]).await.unwrap();
        assert_eq!(exchange.stream(&groups[0]).await.unwrap_err().kind(), SourceErrorKind::NotFound);
    }

    /// For the source: all that changed, and an end that is an error, after which everything is to be read again.
    #[tokio::test]
    async fn the_source_hears_of_changes() {
        let documents =
            [ok(""), changed("sub-a", "ModifiedEvent"), ok("<m:ConnectionStatus>Closed</m:ConnectionStatus>")];
        let (_, exchange) = exchange([soap(&subscribed("sub-a")), stream(&documents, 20)]);
        let mut changes = exchange.changes(&[anna()]).await.unwrap().unwrap();
        assert_eq!(changes.next().await.unwrap(), [anna()]);
        assert_eq!(changes.next().await.unwrap_err().kind(), SourceErrorKind::Unreachable);
    }

    /// S0.5: a mailbox that is just being moved does not keep the others from being listened for.
    #[tokio::test]
    async fn a_mailbox_out_of_reach_is_left_out_of_its_group() {
        for code in ["ErrorMailboxMoveInProgress", "ErrorMailboxStoreUnavailable", "ErrorInternalServerError"] {
            let (_, exchange) = exchange([fault(code, ""), soap(&subscribed("sub-b")), soap(&subscribed("sub-c"))]);
            let [anna, ben, carl] = people();
            let groups = exchange.subscribe(&[anna.clone(), ben.clone(), carl.clone()]).await.unwrap();
            assert_eq!(groups[0].mailboxes().collect::<Vec<_>>(), [&ben, &carl], "{code}");
            assert_eq!(groups[0].refused().first().map(|(who, _)| who), Some(&anna), "{code}");
        }
    }

    /// S0.5: nobody of whom something could be heard just now is no server without a channel: it is tried again.
    #[tokio::test]
    async fn a_channel_for_nobody_is_an_error_and_not_none() {
        let (_, exchange) = exchange([fault("ErrorNonExistentMailbox", "")]);
        assert_eq!(exchange.changes(&[anna()]).await.unwrap_err().kind(), SourceErrorKind::NotFound);
        let (_, exchange) = self::exchange([]);
        assert!(exchange.changes(&[]).await.unwrap().is_none());
    }

    /// S0.5: streams that are open are kept when the server allows no further one.
    #[tokio::test]
    async fn streams_over_the_limit_cost_only_themselves() {
        let (http, exchange) = exchange([]);
        for number in 0..201 {
            http.then(soap(&subscribed(&format!("sub-{number}"))));
        }
        http.then(stream(&[ok(""), changed("sub-0", "ModifiedEvent")], 100));
        http.then(fault("ErrorExceededConnectionCount", ""));
        let many: Vec<_> = (0..201).map(|n| Address::smtp(&format!("p{n:03}@example.com")).unwrap()).collect();
        let mut changes = exchange.changes(&many).await.unwrap().unwrap();
        assert_eq!(changes.next().await.unwrap(), [many[0].clone()]);
    }
}

mod discovery {
    use presence_calendar::ews::discover;

    use super::*;

    fn settings(protocols: &str) -> CannedAnswer {
        answer(&format!("<Action>settings</Action>{protocols}"))
    }

    fn answer(account: &str) -> CannedAnswer {
        CannedAnswer::status(200).body(format!(
            "<?xml version=\"1.0\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/\
             responseschema/2006\"><Response xmlns=\"x\"><User/><Account><AccountType>email</AccountType>{account}\
             </Account></Response></Autodiscover>"
        ))
    }

    fn protocol(kind: &str, url: &str) -> String {
        format!("<Protocol><Type>{kind}</Type><EwsUrl>{url}</EwsUrl></Protocol>")
    }

    async fn found(answers: Vec<CannedAnswer>) -> (Vec<String>, Result<String, SourceErrorKind>) {
        let http = CannedHttp::new();
        answers.into_iter().for_each(|answer| http.then(answer));
        let found = discover(&http, &anna(), &["example.net".to_owned()]).await.map_err(|error| error.kind());
        (http.requests().into_iter().map(|request| request.url).collect(), found)
    }

    const FIRST: &str = "https://example.com/autodiscover/autodiscover.xml";
    const SECOND: &str = "https://autodiscover.example.com/autodiscover/autodiscover.xml";

    /// S3.10: the endpoint outside is preferred, and the second place is asked when the first one knows nothing.
    #[tokio::test]
    async fn the_endpoint_is_found() {
        let inside = protocol("EXCH", "https://in.example.com/EWS/Exchange.asmx");
        let outside = protocol("EXPR", "https://out.example.com/EWS/Exchange.asmx");
        let (asked, url) = found(vec![CannedAnswer::status(404), settings(&(inside + &outside))]).await;
        assert_eq!(asked, [FIRST, SECOND]);
        assert_eq!(url.as_deref(), Ok("https://out.example.com/EWS/Exchange.asmx"));
    }

    #[tokio::test]
    async fn one_is_sent_on_to_places_and_addresses() {
        let (asked, url) = found(vec![
            answer("<Action>redirectUrl</Action><RedirectUrl>https://a.example.net/x</RedirectUrl>"),
            answer("<Action>redirectAddr</Action><RedirectAddr>anna@mail.example.net</RedirectAddr>"),
            CannedAnswer::error(HttpError::Redirected { status: 302, to: Some("https://b.example.net".to_owned()) }),
            settings(&protocol("EXPR", "https://b.example.net/EWS/Exchange.asmx")),
        ])
        .await;
        let places = [
            FIRST,
            "https://a.example.net/x",
            "https://mail.example.net/autodiscover/autodiscover.xml",
            "https://b.example.net/autodiscover/autodiscover.xml",
        ];
        assert_eq!(asked, places);
        assert_eq!(url.as_deref(), Ok("https://b.example.net/EWS/Exchange.asmx"));
    }

    /// A password goes to no place outside, and never without `https`.
    #[tokio::test]
    async fn one_is_not_sent_anywhere() {
        let places = [
            "https://example.org/x",
            "https://evilexample.net/x",
            "https://example.net.evil.org/x",
            "https://example.net@evil.org/x",
            "https://evil.org\\@example.net/x",
            "https://evil.org#.example.net",
            "http://a.example.net/x",
            "//a.example.net/x",
            "",
        ];
        for place in places {
            for answers in [
                vec![answer(&format!("<Action>redirectUrl</Action><RedirectUrl>{place}</RedirectUrl>"))],
                vec![settings(&protocol("EXPR", place))],
                vec![CannedAnswer::status(302).header("Location", place)],
            ] {
                let (asked, url) = found(answers).await;
                assert!(url.is_err(), "{place}: {url:?}");
                assert!(asked.iter().all(|url| url == FIRST || url == SECOND), "{place}: {asked:?}");
            }
        }
    }

    #[tokio::test]
    async fn circles_and_endless_ways_end() {
        let to = |place: &str| answer(&format!("<Action>redirectUrl</Action><RedirectUrl>{place}</RedirectUrl>"));
        let (asked, url) = found(vec![to(SECOND), to(FIRST), to(FIRST)]).await;
        assert!(url.is_err() && asked.len() <= 3, "{asked:?}");
        let endless = (0..50).map(|n| to(&format!("https://a{n}.example.com/x"))).collect();
        let (asked, url) = found(endless).await;
        assert!(url.is_err() && asked.len() <= 22, "{}", asked.len());
    }
}
