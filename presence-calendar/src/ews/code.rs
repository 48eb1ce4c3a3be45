//! The words by which Exchange says how a request went.

use std::fmt;

use presence_core::SourceErrorKind;

/// A word of a server that is longer than this is none.
const LONGEST_WORD: usize = 64;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal is $kind:ident,)*) => {
        /// A response code of Exchange.
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ResponseCode {
            $($(#[$doc])* $name,)*
            /// Another one, by its word.
            Other(Box<str>),
        }

        impl ResponseCode {
            /// What kind of trouble it is.
            #[must_use]
            pub const fn kind(&self) -> SourceErrorKind {
                match self {
                    $(Self::$name => SourceErrorKind::$kind,)*
                    Self::Other(_) => SourceErrorKind::Protocol,
                }
            }

            /// Its word, `ErrorServerBusy`.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Other(word) => word,
                }
            }

            fn known(word: &[u8]) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word.as_bytes()) { return Some(Self::$name); })*
                None
            }
        }

        #[cfg(test)]
        const ALL: &[ResponseCode] = &[$(ResponseCode::$name,)*];
    };
}

codes! {
    /// It is done.
    NoError = "NoError" is Protocol,
    /// The account may not do this.
    AccessDenied = "ErrorAccessDenied" is Forbidden,
    /// The rest of a batch was left out.
    BatchProcessingStopped = "ErrorBatchProcessingStopped" is Unreachable,
    /// A calendar view covers too much time.
    CalendarViewRangeTooBig = "ErrorCalendarViewRangeTooBig" is Protocol,
    /// The server could not reach another one.
    ConnectionFailed = "ErrorConnectionFailed" is Unreachable,
    /// Too many requests at once.
    ExceededConnectionCount = "ErrorExceededConnectionCount" is Throttled,
    /// Too many results for one user.
    ExceededFindCountLimit = "ErrorExceededFindCountLimit" is Throttled,
    /// Too many subscriptions.
    ExceededSubscriptionCount = "ErrorExceededSubscriptionCount" is Throttled,
    /// A mailbox has no calendar folder that the account can see.
    FolderNotFound = "ErrorFolderNotFound" is NotFound,
    /// A distribution list has too many members.
    FreeBusyDlLimitReached = "ErrorFreeBusyDLLimitReached" is Protocol,
    /// Free/busy could not be made.
    FreeBusyGenerationFailed = "ErrorFreeBusyGenerationFailed" is Unreachable,
    /// The account may not impersonate.
    ImpersonateUserDenied = "ErrorImpersonateUserDenied" is Forbidden,
    /// Nobody may be impersonated by this account.
    ImpersonationDenied = "ErrorImpersonationDenied" is Forbidden,
    /// Impersonation failed.
    ImpersonationFailed = "ErrorImpersonationFailed" is Forbidden,
    /// The schema is not that of the version that the request names.
    IncorrectSchemaVersion = "ErrorIncorrectSchemaVersion" is Protocol,
    /// Too many mailboxes in one request.
    IndividualMailboxLimitReached = "ErrorIndividualMailboxLimitReached" is Protocol,
    /// The server failed.
    InternalServerError = "ErrorInternalServerError" is Unreachable,
    /// The server failed for a moment.
    InternalServerTransientError = "ErrorInternalServerTransientError" is Unreachable,
    /// The length of a slot is wrong.
    InvalidMergedFreeBusyInterval = "ErrorInvalidMergedFreeBusyInterval" is Protocol,
    /// The request is wrong, or not for this version.
    InvalidRequest = "ErrorInvalidRequest" is Protocol,
    /// The mailbox lives on a server of another version.
    InvalidSchemaVersionForMailboxVersion = "ErrorInvalidSchemaVersionForMailboxVersion" is Protocol,
    /// The server does not know the version that the request names.
    InvalidServerVersion = "ErrorInvalidServerVersion" is Protocol,
    /// An address is none.
    InvalidSmtpAddress = "ErrorInvalidSmtpAddress" is NotFound,
    /// The subscription is over.
    InvalidSubscription = "ErrorInvalidSubscription" is NotFound,
    /// Such a subscription cannot be made.
    InvalidSubscriptionRequest = "ErrorInvalidSubscriptionRequest" is Protocol,
    /// A meeting is gone.
    ItemNotFound = "ErrorItemNotFound" is NotFound,
    /// Nobody has this address.
    MailRecipientNotFound = "ErrorMailRecipientNotFound" is NotFound,
    /// The mailbox is being moved to another server.
    MailboxFailover = "ErrorMailboxFailover" is Unreachable,
    /// The mailbox could not be opened.
    MailboxLogonFailed = "ErrorMailboxLogonFailed" is Unreachable,
    /// The mailbox is being moved.
    MailboxMoveInProgress = "ErrorMailboxMoveInProgress" is Unreachable,
    /// The store of the mailbox does not answer.
    MailboxStoreUnavailable = "ErrorMailboxStoreUnavailable" is Unreachable,
    /// Too many mailboxes in one request.
    MailboxDataArrayTooBig = "ErrorMailboxDataArrayTooBig" is Protocol,
    /// Another stream took the subscriptions over.
    NewEventStreamConnectionOpened = "ErrorNewEventStreamConnectionOpened" is Unreachable,
    /// The account may not see free/busy.
    NoFreeBusyAccess = "ErrorNoFreeBusyAccess" is Forbidden,
    /// There is no such mailbox.
    NonExistentMailbox = "ErrorNonExistentMailbox" is NotFound,
    /// The address is another one of a mailbox; the answer says which is the right one.
    NonPrimarySmtpAddress = "ErrorNonPrimarySmtpAddress" is NotFound,
    /// The account may not ask the other server.
    ProxyRequestNotAllowed = "ErrorProxyRequestNotAllowed" is Forbidden,
    /// The other server did not answer.
    ProxyRequestProcessingFailed = "ErrorProxyRequestProcessingFailed" is Unreachable,
    /// The public folder of free/busy did not answer.
    PublicFolderRequestProcessingFailed = "ErrorPublicFolderRequestProcessingFailed" is Unreachable,
    /// Too many meetings for one answer.
    ResultSetTooBig = "ErrorResultSetTooBig" is Protocol,
    /// The request does not keep to the schema.
    SchemaValidation = "ErrorSchemaValidation" is Protocol,
    /// The server has too much to do.
    ServerBusy = "ErrorServerBusy" is Throttled,
    /// The server of the mailbox was not found.
    ServiceDiscoveryFailed = "ErrorServiceDiscoveryFailed" is Unreachable,
    /// The subscription belongs to another account.
    SubscriptionAccessDenied = "ErrorSubscriptionAccessDenied" is Forbidden,
    /// Some of the subscriptions are not known.
    SubscriptionIds = "ErrorSubscriptionIds" is NotFound,
    /// The server does not know the subscription.
    SubscriptionNotFound = "ErrorSubscriptionNotFound" is NotFound,
    /// The window is too long.
    TimeIntervalTooBig = "ErrorTimeIntervalTooBig" is Protocol,
    /// The server took too long.
    TimeoutExpired = "ErrorTimeoutExpired" is Unreachable,
    /// Too much is open at once.
    TooManyObjectsOpened = "ErrorTooManyObjectsOpened" is Throttled,
}

impl ResponseCode {
    /// Reads a word, which may have blanks and line breaks around it, and the prefix of a namespace before it.
    pub(super) fn read(text: &[u8]) -> Self {
        let word = text.trim_ascii();
        let word = word.rsplit(|b| *b == b':').next().unwrap_or(word);
        Self::known(word).unwrap_or_else(|| Self::Other(harmless(word).into()))
    }

    /// Whether a lower version of the protocol may help.
    pub(super) const fn is_about_version(&self) -> bool {
        matches!(
            self,
            Self::InvalidServerVersion
                | Self::InvalidSchemaVersionForMailboxVersion
                | Self::IncorrectSchemaVersion
                | Self::InvalidRequest
        )
    }

    /// Whether the same question about less time may help.
    pub(super) const fn wants_less_time(&self) -> bool {
        matches!(self, Self::ResultSetTooBig | Self::TimeIntervalTooBig | Self::CalendarViewRangeTooBig)
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is none of ours is repeated only if it looks like one: what a server writes there may be anything.
fn harmless(word: &[u8]) -> &str {
    let is_word = word.starts_with(b"Error") && word.len() <= LONGEST_WORD && word.iter().all(u8::is_ascii_alphabetic);
    std::str::from_utf8(word).ok().filter(|_| is_word).unwrap_or("an unknown code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_with_anything_around_it() {
        for code in ALL {
            let padded = format!("\r\n    e:{code}\t\n ");
            assert_eq!(ResponseCode::read(padded.as_bytes()), *code);
        }
        assert_eq!(ResponseCode::read(b"errorserverbusy").kind(), SourceErrorKind::Throttled);
    }

    #[test]
    fn an_unknown_word_is_kept_only_if_it_is_one() {
        assert_eq!(ResponseCode::read(b" ErrorBrandNew\n").word(), "ErrorBrandNew");
        let long = "Error".repeat(20);
        for text in ["", "sesame", "Error: sesame opens", "Errors\u{e9}same", &long] {
            let code = ResponseCode::read(text.as_bytes());
            assert_eq!((code.word(), code.kind()), ("an unknown code", SourceErrorKind::Protocol), "{text}");
        }
    }
}
