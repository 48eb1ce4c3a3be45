//! Documents that somebody has made to do harm: refused, or read in a bounded time and space, and never a panic.

use presence_lync_map::documents::{
    BatchSubscription, Categories, DocumentError, DocumentProblem, Publications, ReadRules, VersionConflict,
    WarningProblem,
};

use crate::samples::{BATCH, CALENDAR, CARD, CATEGORIES, FAULT, NOTIFY, PUBLISH, notification, problems, read};

const MEBIBYTE: usize = 1 << 20;

/// Reads the bytes as one kind of document. What is read is written, and that is read as the same and written the same.
type Reader = fn(&[u8]) -> Option<DocumentError>;

const READERS: [Reader; 4] = [categories, publications, subscription, conflict];
const SAMPLES: [(&str, Reader); 6] = [
    (PUBLISH, publications),
    (NOTIFY, categories),
    (BATCH, subscription),
    (CALENDAR, categories),
    (CARD, categories),
    (FAULT, conflict),
];

fn categories(bytes: &[u8]) -> Option<DocumentError> {
    let read = |bytes: &[u8]| Categories::read(bytes, &ReadRules::default());
    read(bytes).map(|told| assert_eq!(read(told.write().as_bytes()).unwrap().write(), told.write())).err()
}

fn publications(bytes: &[u8]) -> Option<DocumentError> {
    let read = |bytes: &[u8]| Publications::read(bytes, &ReadRules::default());
    read(bytes).map(|told| assert_eq!(read(told.write().as_bytes()).unwrap().write(), told.write())).err()
}

/// A category without a name known here is read, and cannot be written.
fn subscription(bytes: &[u8]) -> Option<DocumentError> {
    let read = BatchSubscription::read;
    read(bytes).map(|told| assert_eq!(read(told.write().as_bytes()).unwrap().write(), told.write())).err()
}

fn conflict(bytes: &[u8]) -> Option<DocumentError> {
    let read = VersionConflict::read;
    read(bytes).map(|told| assert_eq!(read(told.write().as_bytes()), Ok(told))).err()
}

/// All readers on the same bytes.
fn read_all(bytes: &[u8]) -> Vec<DocumentError> {
    READERS.iter().filter_map(|reader| reader(bytes)).collect()
}

/// All readers refuse it for this reason.
fn refused(text: &str, problem: DocumentProblem) {
    refused_bytes(text.as_bytes(), problem);
}

fn refused_bytes(bytes: &[u8], problem: DocumentProblem) {
    let problems: Vec<_> = read_all(bytes).into_iter().map(|error| error.problem).collect();
    assert_eq!(problems, [problem; 4], "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
}

#[test]
fn document_types_and_entities_are_refused() {
    let body = "<a>&lol9;</a>";
    let lol = |number: u32| {
        let inner = format!("&lol{};", number.saturating_sub(1)).repeat(10);
        format!("<!ENTITY lol{number} \"{}\">", if number == 0 { "lol".to_owned() } else { inner })
    };
    let bomb: String = (0..10).map(lol).collect();
    let types = [
        format!("<!DOCTYPE a [{bomb}]>"),
        "<!DOCTYPE a [<!ENTITY lol9 SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://ex.test/p\"> %p;]>".to_owned(),
        "<!DOCTYPE a SYSTEM \"http://ex.test/a.dtd\">".to_owned(),
        "<!DOCTYPE a PUBLIC \"p\" \"s\">".to_owned(),
        "<!DOCTYPE a>".to_owned(),
    ];
    for kind in types {
        refused(&format!("{kind}{body}"), DocumentProblem::DocumentType);
        refused(&format!("<?xml version=\"1.0\"?>\n<!-- c -->{kind}{body}"), DocumentProblem::DocumentType);
    }
    for reference in ["&lol;", "&nbsp;", "&#x;", "&#0;", "&#xD800;", "&#99999999;", "&;"] {
        let in_text = notification(&format!("<category name='note' instance='1'>{reference}</category>"));
        let error = Categories::read(in_text.as_bytes(), &ReadRules::default()).unwrap_err();
        assert!(matches!(error.problem, DocumentProblem::Entity | DocumentProblem::NotXml), "{reference}: {error}");
        let in_attribute = notification(&format!("<category name='{reference}' instance='1'/>"));
        let error = Categories::read(in_attribute.as_bytes(), &ReadRules::default()).unwrap_err();
        assert!(matches!(error.problem, DocumentProblem::Entity | DocumentProblem::NotXml), "{reference}: {error}");
    }
}

#[test]
fn elements_are_nested_64_deep_and_no_deeper() {
    let nested = |depth: usize| notification(&format!("{}{}", "<a>".repeat(depth - 1), "</a>".repeat(depth - 1)));
    assert!(Categories::read(nested(64).as_bytes(), &ReadRules::default()).is_ok());
    refused(&nested(65), DocumentProblem::TooDeep);
    refused(&"<a>".repeat(100_000), DocumentProblem::TooDeep);
    refused(&nested(100_000), DocumentProblem::TooDeep);
}

#[test]
fn a_mebibyte_is_read_and_a_byte_more_is_not() {
    let whole = |size: usize| {
        let empty = notification("").len();
        notification(&" ".repeat(size - empty))
    };
    assert_eq!(whole(MEBIBYTE).len(), MEBIBYTE);
    assert!(Categories::read(whole(MEBIBYTE).as_bytes(), &ReadRules::default()).is_ok());
    refused(&whole(MEBIBYTE + 1), DocumentProblem::TooLarge);
}

#[test]
fn ten_thousand_entries_are_read_and_no_more() {
    let entries = |count: usize| read(&notification(&"<category name='state' instance='1'/>".repeat(count)));
    let most = entries(10_000);
    assert_eq!((most.categories.len(), &problems(&most)[..]), (10_000, &[][..]));
    let more = entries(10_001);
    assert_eq!((more.categories.len(), &problems(&more)[..]), (10_000, &[WarningProblem::TooManyEntries][..]));
    // Nor more warnings than anybody reads.
    let wrong = read(&notification(&"<category/>".repeat(10_001)));
    assert!(wrong.warnings.len() <= 100, "{}", wrong.warnings.len());
}

#[test]
fn attributes_and_namespaces_are_bounded() {
    let many = |piece: fn(usize) -> String, count: usize| (0..count).map(piece).collect::<String>();
    let attributes = many(|number| format!(" a{number}=''"), 100_000);
    assert!(attributes.len() < MEBIBYTE - 4);
    refused(&format!("<a{attributes}/>"), DocumentProblem::TooMany);
    refused(&format!("<a{}/>", " a=''".repeat(200_000)), DocumentProblem::Doubled);
    refused(&format!("<a{}/>", many(|number| format!(" xmlns:a{number}='b'"), 50_000)), DocumentProblem::TooMany);
    refused(&format!("<a>{}</a>", "<b/>".repeat(100_000)), DocumentProblem::TooMany);
}

/// A document with many namespaces on each of so many levels, and as many names to look up in them as fit.
fn many_namespaces(each: usize, depth: usize, inner: &str) -> String {
    let bindings: String = (0..each).map(|number| format!(" xmlns:a{number}='b'")).collect();
    let opening = format!("<a{bindings}>");
    let room = MEBIBYTE - (opening.len() + 4) * depth;
    let (begin, end) = (opening.repeat(depth), "</a>".repeat(depth));
    format!("{begin}{}{end}", inner.repeat(room / inner.len()))
}

/// The worst that fits into a mebibyte ends, in less time than anybody would wait for it.
#[test]
fn the_worst_shapes_end() {
    let half = MEBIBYTE / 2;
    let attributes: String = (0..32).map(|number| format!(" z:a{number}=''")).collect();
    let shapes = [
        many_namespaces(250, 60, "<z:x/>"),
        many_namespaces(120, 1, "<z:xxxxxxx/>"),
        many_namespaces(2, 60, &format!("<x{attributes}/>")),
        notification(&"<!---->".repeat(half / 7)),
        notification(&"<![CDATA[]]>".repeat(half / 12)),
        notification(&"<![CDATA[a]]>".repeat(half / 13)),
        notification(&"&amp;".repeat(half / 5)),
        notification(&"&#x10FFFF;".repeat(half / 10)),
        notification(&"<?a?>".repeat(half / 5)),
        notification(&"<".repeat(half)),
        notification(&"&".repeat(half)),
        notification(&"]]>".repeat(half / 3)),
        notification(&"\n".repeat(half)),
        notification(&format!("<a b='{}'/>", "&lt;".repeat(half / 4))),
        notification(&format!("<{}/>", "a:".repeat(half / 2))),
        notification(&format!("<a{}/>", " ".repeat(half))),
        notification(&format!("<a {}='1'/>", "b".repeat(half))),
        format!("<?xml {}?><a/>", "encoding=".repeat(half / 9)),
        format!("<?xml{}", " ".repeat(half)),
        format!("<!--{}", "-".repeat(half)),
        "<!--".repeat(half / 4),
        "<a xmlns='b'>".repeat(half / 13),
        notification(&format!("<category name='state' instance='1'>{}</category>", "<a/>".repeat(90_000))),
        notification(&"<category name='note' instance='1'><a/></category>".repeat(9_000)),
        PUBLISH.replace("<state", &format!("{}<state", "<a/>".repeat(40_000))),
        BATCH.replace("<resource", &format!("{}<resource", "<a/>".repeat(40_000))),
        FAULT.replace("<details", &format!("{}<details", "<a/>".repeat(90_000))),
    ];
    for shape in shapes {
        assert!(shape.len() <= MEBIBYTE + 64, "{} bytes: {}", shape.len(), &shape[..40]);
        read_all(shape.as_bytes());
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for wrong in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80",
        b"\xc0\xaf",
        b"\0",
        b"\x01",
        b"\x0b",
        b"\xef\xbf\xbf",
    ] {
        let (before, after) = NOTIFY.split_at(NOTIFY.find("Room").unwrap());
        let bytes = [before.as_bytes(), wrong, after.as_bytes()].concat();
        refused_bytes(&bytes, DocumentProblem::NotText);
    }
    refused_bytes(b"\xfe\xff\xd8\0", DocumentProblem::NotText);
    refused_bytes(&[0; 64], DocumentProblem::NotText);
}

#[test]
fn what_is_no_document_is_refused() {
    for text in ["", " ", "text", "{\"a\": 1}", "<a", "<a/><b/>", "</a>", "<a></b>", "<a b/>", "<a b=c/>", "<a 'b'/>"] {
        let errors = read_all(text.as_bytes());
        assert_eq!(errors.len(), 4, "{text}");
        assert!(errors.iter().all(|error| error.problem == DocumentProblem::NotXml), "{text}: {errors:?}");
    }
    // The trace of a real server has an attribute without quotes.
    refused("<list><instance cid=abc@ex.test/></list>", DocumentProblem::NotXml);
    for other in ["<a/>", &format!("<categorys xmlns='{CATEGORIES}'/>"), "<categories/>"] {
        assert_eq!(read_all(other.as_bytes()).len(), 4, "{other}");
    }
}

/// Cut off at every byte, a document is refused and no panic.
#[test]
fn truncated_documents_are_refused() {
    for (sample, reader) in SAMPLES {
        let sample = sample.trim_end();
        for end in 0..sample.len() {
            assert!(reader(&sample.as_bytes()[..end]).is_some(), "{end} of {}", &sample[..40]);
        }
        assert_eq!(reader(sample.as_bytes()), None, "{}", &sample[..40]);
        assert_eq!(read_all(sample.as_bytes()).len(), 3, "of one kind only");
    }
}

/// Every byte changed to every other byte of interest: never a panic, and what is read stays what it is.
#[test]
fn changed_bytes_are_no_panic() {
    const INTERESTING: &[u8] = b"<>&\"'/=:; \n0a-!?\0\xc3";
    for (sample, reader) in SAMPLES {
        for place in 0..sample.len() {
            let mut bytes = sample.as_bytes().to_vec();
            let flipped = bytes[place] ^ (1 << (place % 8));
            for other in INTERESTING.iter().copied().chain([flipped]) {
                bytes[place] = other;
                reader(&bytes);
            }
        }
    }
}

/// A byte left out, and a byte doubled.
#[test]
fn lost_and_doubled_bytes_are_no_panic() {
    for (sample, reader) in SAMPLES {
        for place in 0..sample.len() {
            let (before, after) = sample.as_bytes().split_at(place);
            reader(&[before, &after[1..]].concat());
            reader(&[before, &after[..1], after].concat());
        }
    }
}
