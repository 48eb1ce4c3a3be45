//! Configurations as text.

use std::sync::Arc;

use async_trait::async_trait;
use presence_core::config::{Config, ConfigProblem, Factories, Factory, Secret, SourceTable};
use presence_core::http::{HttpError, HttpRequest, HttpService, HttpStream};
use presence_core::source::{Link, Source, SourceError};
use presence_core::{Facet, SourceId};

/// A check of many rules may take seconds: it is bounded, but a fuzzer has better things to do.
const MOST_RULES: usize = 20;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.matches("when").count() > MOST_RULES {
        return;
    }
    let config = match Config::from_toml(text) {
        Ok(config) => config,
        Err(error) => {
            assert!(!error.problems.is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    // The same as a table.
    let table = Config::from_table(toml::from_str(text).unwrap()).unwrap();
    assert_eq!(*config.rules(), *table.rules());
    assert_eq!((config.viewers(), config.keeping()), (table.viewers(), table.keeping()));
    amounts_to(&config);
}

/// A directory can be made, and made again from itself; the sources are the same when they are asked for twice.
fn amounts_to(config: &Config) {
    let factories = Factories::new().with(Kind("exchange")).with(Kind("pbx"));
    let _ = config.warnings(&factories);
    let http: Arc<dyn HttpService> = Arc::new(NoHttp);
    let sources = || config.sources(&factories, &http, &|secret: &Secret| Ok(format!("{secret:?}")));
    match (sources(), sources()) {
        (Ok(first), Ok(second)) => {
            let fingerprints = |setups: &[presence_core::source::SourceSetup]| {
                setups.iter().map(|setup| (setup.id.clone(), setup.fingerprint)).collect::<Vec<_>>()
            };
            assert_eq!(fingerprints(&first), fingerprints(&second));
        }
        (Err(first), Err(second)) => assert_eq!(first, second),
        _ => panic!("not the same twice"),
    }
    let Ok(directory) = config.directory(&factories, None) else { return };
    let again = config.directory(&factories, Some(&directory)).unwrap();
    for person in directory.people() {
        assert_eq!(again.person_spec(person), directory.person_spec(person));
    }
    assert_eq!((again.len(), again.sources()), (directory.len(), directory.sources()));
}

#[derive(Debug)]
struct Kind(&'static str);

impl Factory for Kind {
    fn kind(&self) -> &str {
        self.0
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Calendar, Facet::Call, Facet::Rich]
    }

    fn keys(&self) -> &[&str] {
        &["password", "port", "server"]
    }

    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        _: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem> {
        table.needed_text("server")?;
        table.number("port", 1..=65_535)?;
        table.secret("password")?;
        Ok(Arc::new(Idle(id)))
    }
}

#[derive(Debug)]
struct Idle(SourceId);

#[async_trait]
impl Source for Idle {
    fn id(&self) -> &SourceId {
        &self.0
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Calendar, Facet::Call, Facet::Rich]
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        link.next(None).await;
        Ok(())
    }
}

#[derive(Debug)]
struct NoHttp;

#[async_trait]
impl HttpService for NoHttp {
    async fn open(&self, _: HttpRequest) -> Result<HttpStream, HttpError> {
        panic!("nothing is connected while a configuration is read")
    }
}
