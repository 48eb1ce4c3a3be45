//! What the program was called with.

use super::refused::Refused;

/// The arguments, understood.
#[derive(Debug, Default)]
pub(super) struct Called {
    pub(super) options: Option<String>,
    pub(super) states: Option<String>,
    pub(super) against: Option<String>,
    pub(super) lenient: bool,
    pub(super) login: Option<String>,
    pub(super) device: Option<String>,
    pub(super) application: Option<String>,
    /// The numbers that arrive; `None`: the subscription is lost.
    pub(super) numbers: Vec<Option<u32>>,
}

/// Goes through both ranges and out of them, with numbers that say nothing in between.
const NUMBERS: &str = "3500,3501,5000,6500,9500,0,lost,9500,3500";

impl Called {
    /// Reads the arguments; `None` if they ask for help.
    pub(super) fn with(arguments: &[String]) -> Result<Option<Self>, Refused> {
        if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
            return Ok(None);
        }
        let mut called = Self::default();
        let mut list = None;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--lenient" => {
                    called.lenient = true;
                    continue;
                }
                "--options" => &mut called.options,
                "--states" => &mut called.states,
                "--against" => &mut called.against,
                "--numbers" => &mut list,
                "--login-profile" => &mut called.login,
                "--device-profile" => &mut called.device,
                "--application-profile" => &mut called.application,
                _ => return Err(Refused::Usage(format!("`{}` is no argument", argument.escape_debug()))),
            };
            let value = arguments.next().filter(|value| !value.is_empty() && !value.starts_with("--"));
            let value = value.ok_or_else(|| Refused::Usage(format!("`{argument}` needs something after it")))?;
            if place.replace(value.clone()).is_some() {
                return Err(Refused::Usage(format!("`{argument}` is there twice")));
            }
        }
        called.numbers = numbers(list.as_deref().unwrap_or(NUMBERS))?;
        Ok(Some(called))
    }
}

fn numbers(list: &str) -> Result<Vec<Option<u32>>, Refused> {
    let number = |item: &str| match item.trim() {
        "lost" => Ok(None),
        item => item.parse().map(Some),
    };
    let numbers = list.split(',').map(number).collect::<Result<_, _>>();
    numbers.map_err(|_| Refused::Usage("`--numbers` needs numbers, or `lost`, with commas between".to_owned()))
}
