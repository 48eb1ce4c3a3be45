"""Reads free/busy, a week and the automatic replies of a mailbox with exchangelib, and prints them a line each.

usage: read_week.py URL LOGIN PASSWORD basic|ntlm MAILBOX DATE
"""

import datetime
import sys

from exchangelib import (
    BASIC,
    DELEGATE,
    IMPERSONATION,
    NTLM,
    Account,
    Configuration,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    FailFast,
    Version,
)
from exchangelib.errors import UnauthorizedError
from exchangelib.version import EXCHANGE_2016

url, login, password, way, mailbox, date = sys.argv[1:]
configuration = Configuration(
    service_endpoint=url,
    credentials=Credentials(login, password),
    auth_type={"basic": BASIC, "ntlm": NTLM}[way],
    version=Version(EXCHANGE_2016),
    retry_policy=FailFast(),
)
zone = EWSTimeZone("Europe/Berlin")
day = datetime.date.fromisoformat(date)
start = EWSDateTime(day.year, day.month, day.day, tzinfo=zone)
end = start + datetime.timedelta(days=7)


def utc(time):
    return time.astimezone(EWSTimeZone("UTC")).strftime("%dT%H:%M") if isinstance(time, datetime.datetime) else str(time)


try:
    account = Account(
        mailbox,
        config=configuration,
        autodiscover=False,
        access_type=DELEGATE if login == mailbox else IMPERSONATION,
        default_timezone=zone,
    )
    for view in account.protocol.get_free_busy_info([(account, "Required", False)], start, end, 60):
        print("view", view.view_type, len(view.merged))
        for event in view.calendar_events or []:
            details = event.details
            print("block", utc(event.start), utc(event.end), event.busy_type, details.is_private, details.subject)
        for period in view.working_hours:
            print("hours", period.weekdays, period.start, period.end, view.working_hours_timezone.bias)
    for item in account.calendar.view(start=start, end=end):
        print(
            "item", utc(item.start), utc(item.end), item.legacy_free_busy_status, item.importance, item.sensitivity,
            item.type, item.subject,
        )
    print("oof", account.oof_settings.state)
except UnauthorizedError:
    print("refused")
