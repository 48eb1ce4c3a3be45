//! The calendars of the [company](crate::company) at a simulated Exchange, and the source that reads them there as it
//! would read a real one: over a socket, in SOAP, logged in as a service account.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use presence_calendar::ews::{Basic, Exchange};
use presence_calendar::source::{CalendarRules, CalendarSource};
use presence_calendar::zone::Zone;
use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};
use presence_core::clock::Clock;
use presence_core::http::reqwest::ReqwestService;
use presence_core::source::Source;
use simulated_exchange::company as simulated;
use simulated_exchange::{Account, Fault, Item, SimulatedExchange, Trouble};

use crate::company::{Company, Teller};
use crate::day::{self, Failure, Kind, Plan, Times, ZONE};
use crate::source::ScriptedDay;

/// The service account, which may read every calendar.
const SERVICE: &str = "presence@firma.example";
/// Of an account that does not exist outside of this process.
const PASSWORD: &str = "of no use anywhere else";
/// What is there today is there on the days to come.
const DAYS: u32 = 14;

/// The simulated server with the calendars of the company.
pub struct CompanyExchange {
    server: SimulatedExchange,
}

impl CompanyExchange {
    /// Starts it on a free port of this machine, with the calendars of a day and the days after it.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start(company: &Company, date: NaiveDate, seed: u64) -> std::io::Result<Self> {
        let mut service = Account::new(SERVICE, PASSWORD);
        service.may_impersonate = true;
        let mut mailboxes = simulated::Company::new("W. Europe Standard Time").with(service);
        let plans = day::plans(company, seed);
        for (member, plan) in company.members().iter().zip(&plans) {
            if let Some(address) = member.address(Teller::Exchange) {
                mailboxes = mailboxes.with(mailbox(address.value(), plan, Times(date)));
            }
        }
        Ok(Self { server: SimulatedExchange::start(mailboxes).await? })
    }

    /// All sources of the company: the one that reads the calendars here, and those that follow the script.
    ///
    /// # Errors
    ///
    /// If there is no HTTP.
    pub fn sources(
        &self,
        company: &Arc<Company>,
        seed: u64,
    ) -> Result<Vec<Arc<dyn Source>>, Box<dyn Error + Send + Sync>> {
        let calendars = self.source()?;
        let mut sources = ScriptedDay::all(company, seed)?;
        sources.retain(|source| source.id() != calendars.id());
        sources.push(Arc::new(calendars));
        Ok(sources)
    }

    fn source(&self) -> Result<CalendarSource<Exchange>, Box<dyn Error + Send + Sync>> {
        let http = Basic::new(Arc::new(ReqwestService::new()?), SERVICE, PASSWORD);
        let exchange = Exchange::new(Arc::new(http), &self.server.url()).impersonating().zone(Zone::Iana(ZONE));
        let mut rules = CalendarRules::default();
        // The clock of the demonstration runs fast: by the clock of the machine this is a question every few seconds.
        rules.interval = Duration::from_secs(300);
        rules.refresh = Duration::from_secs(4 * 3_600);
        Ok(CalendarSource::new(Teller::Exchange.source_id()?, exchange).rules(rules))
    }

    /// Goes on for ever, and fails when the script of the day says so.
    pub async fn serve(self, failures: &[Failure], clock: &dyn Clock) {
        for failure in failures.iter().filter(|failure| failure.teller == Teller::Exchange) {
            wait_until(failure.from, clock).await;
            let wait = (failure.until - clock.now()).num_milliseconds();
            let busy = Trouble::Busy { back_off_ms: u64::try_from(wait).unwrap_or(0) };
            self.server.fault(Fault::new(busy));
            wait_until(failure.until, clock).await;
            self.server.clear_faults();
        }
        std::future::pending::<()>().await;
    }
}

async fn wait_until(time: DateTime<Utc>, clock: &dyn Clock) {
    while clock.now() < time {
        clock.sleep_until(time).await;
    }
}

impl fmt::Debug for CompanyExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompanyExchange").finish_non_exhaustive()
    }
}

fn mailbox(address: &str, plan: &Plan, times: Times) -> Account {
    let mut account = Account::new(address, PASSWORD);
    account.hours = vec![hours(plan)];
    let away = match plan.kind {
        Kind::Travelling => Some((-1, 2)),
        Kind::Vacation => Some((-4, 3)),
        _ => None,
    };
    if let Some((first, after)) = away {
        account.oof.state = simulated::OofState::Scheduled;
        account.oof.start = Some(times.at(first * day::DAY));
        account.oof.end = Some(times.at(after * day::DAY));
    }
    plan.appointments.iter().map(|appointment| item(appointment, times)).fold(account, Account::with)
}

fn hours(plan: &Plan) -> simulated::WorkingPeriod {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let quarter = |seconds: i64| {
        let seconds = u32::try_from(seconds - seconds.rem_euclid(900)).unwrap_or(0);
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default()
    };
    simulated::WorkingPeriod::new(&[Mon, Tue, Wed, Thu, Fri, Sat, Sun], quarter(plan.arrives), quarter(plan.leaves))
}

fn item(appointment: &day::Appointment, times: Times) -> Item {
    let mut item = Item::new(times.at(appointment.from), times.at(appointment.until), &appointment.subject);
    item.location = appointment.place.unwrap_or_default().to_owned();
    item.all_day = appointment.days.is_some();
    // What takes hours is there again tomorrow; what takes days is there once.
    item.repeat = appointment.days.is_none().then(|| simulated::Repeat::new(simulated::Every::Day, DAYS));
    item.show_as = match appointment.show_as {
        ShowAs::Free => simulated::ShowAs::Free,
        ShowAs::Tentative => simulated::ShowAs::Tentative,
        ShowAs::OutOfOffice => simulated::ShowAs::Oof,
        ShowAs::WorkingElsewhere => simulated::ShowAs::WorkingElsewhere,
        _ => simulated::ShowAs::Busy,
    };
    item.importance = match appointment.importance {
        Importance::Low => simulated::Importance::Low,
        Importance::High => simulated::Importance::High,
        _ => simulated::Importance::Normal,
    };
    item.sensitivity = match appointment.sensitivity {
        Sensitivity::Private => simulated::Sensitivity::Private,
        Sensitivity::Confidential => simulated::Sensitivity::Confidential,
        Sensitivity::Personal => simulated::Sensitivity::Personal,
        _ => simulated::Sensitivity::Normal,
    };
    item
}
