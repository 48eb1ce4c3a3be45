//! The server as a host of it sees it.

mod connection;
mod shared;
mod streaming;

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use crate::{
    behaviour::{Fault, Manner},
    company::{Company, Item},
    id::Id,
    record::Asked,
    state::State,
};
use shared::Shared;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct SimulatedExchange {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl SimulatedExchange {
    /// Starts on a free port of the loopback address.
    pub async fn start(company: Company) -> io::Result<Self> {
        Self::start_on(company, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts on an address.
    pub async fn start_on(company: Company, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(State::new(company), url(address)));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, accepting })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its EWS.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Puts an item into a calendar and says so to who subscribed. The id of the item, or nothing if there is no such
    /// mailbox.
    #[must_use = "there may be no such mailbox"]
    pub fn add(&self, mailbox: &str, item: Item) -> Option<String> {
        let number = self.shared.change(|state| state.add(mailbox, item))?;
        Some(Id::Item(number, 0).text())
    }

    /// Changes an item, by its id or that of one of its occurrences. Whether there was one.
    pub fn modify(&self, id: &str, change: impl FnOnce(&mut Item)) -> bool {
        let Some(Id::Item(number, _)) = Id::read(id) else { return false };
        self.shared.change(|state| state.modify(number, change))
    }

    /// Takes an item out of its calendar. Whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        let Some(Id::Item(number, _)) = Id::read(id) else { return false };
        self.shared.change(|state| state.remove(number))
    }

    /// The items of a calendar with their ids.
    #[must_use]
    pub fn items(&self, mailbox: &str) -> Vec<(String, Item)> {
        let state = self.shared.state();
        let items = state.company.account(mailbox).map_or(&[][..], |account| &account.items);
        items.iter().map(|item| (Id::Item(item.number, 0).text(), item.clone())).collect()
    }

    /// Whose calendar an item is in.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<String> {
        let Some(Id::Item(number, _)) = Id::read(id) else { return None };
        self.shared.state().item(number).map(|(account, _)| account.address.clone())
    }

    /// Changes anything about the company, without a word to who subscribed: people, passwords, automatic replies.
    pub fn change(&self, change: impl FnOnce(&mut Company)) {
        self.shared.change(|state| {
            change(&mut state.company);
            state.number_items();
        });
    }

    /// Changes how the server behaves.
    pub fn manner(&self, change: impl FnOnce(&mut Manner)) {
        self.shared.change(|state| change(&mut state.manner));
    }

    /// Lets something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.change(|state| state.faults.add(fault));
    }

    /// Lets nothing go wrong any more.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// Ends every open stream in the middle, without a last document.
    pub fn cut_streams(&self) {
        self.shared.change(|state| state.subscriptions.cut());
    }

    /// Behaves as if the server had been started again: all connections end and all subscriptions are forgotten.
    pub fn restart(&self) {
        self.shared.change(|state| state.subscriptions.forget());
        self.shared.hang_up();
    }

    /// How many streams are open.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.shared.state().subscriptions.open_streams()
    }

    /// All that it was asked for, in order. The last 100,000 requests are kept.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked()
    }

    /// Forgets what it was asked for.
    pub fn forget_asked(&self) {
        self.shared.forget_asked();
    }
}

impl Drop for SimulatedExchange {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/EWS/Exchange.asmx")
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Ends all of them when it is dropped.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                // An answer in small pieces should leave at once.
                let _ = stream.set_nodelay(true);
                connections.spawn(connection::serve(stream, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
            else => tokio::task::yield_now().await,
        }
    }
}
