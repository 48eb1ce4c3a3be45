//! The departments, and how busy their telephones are.

/// A department.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Department {
    /// Answers customers all day, in two shifts.
    Support,
    /// Sells, much of the time on the move.
    Sales,
    /// Invoices and accounts.
    Finance,
    /// Stores and ships; has no desks.
    Warehouse,
    /// Builds the products.
    Development,
    /// Hires people and looks after them.
    HumanResources,
    /// Keeps computers and telephones running.
    It,
    /// Leads the company, mostly in meetings.
    Management,
}

impl Department {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Support,
        Self::Sales,
        Self::Finance,
        Self::Warehouse,
        Self::Development,
        Self::HumanResources,
        Self::It,
        Self::Management,
    ];

    /// The name on the door.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Support => "Support",
            Self::Sales => "Sales",
            Self::Finance => "Finance",
            Self::Warehouse => "Warehouse",
            Self::Development => "Development",
            Self::HumanResources => "Human Resources",
            Self::It => "IT",
            Self::Management => "Management",
        }
    }

    /// How many people work there.
    #[must_use]
    pub const fn people(self) -> usize {
        match self {
            Self::Support => 48,
            Self::Sales => 36,
            Self::Finance => 18,
            Self::Warehouse => 32,
            Self::Development => 30,
            Self::HumanResources => 10,
            Self::It => 14,
            Self::Management => 12,
        }
    }

    /// What people there may be asked for.
    pub(crate) const fn skills(self) -> &'static [&'static str] {
        match self {
            Self::Support => &["orders", "returns", "hardware", "invoices"],
            Self::Sales => &["offers", "contracts"],
            Self::Finance => &["invoices", "payroll"],
            Self::Warehouse => &["shipping", "returns"],
            Self::Development => &["hardware", "firmware"],
            Self::HumanResources => &["payroll", "recruiting"],
            Self::It => &["hardware", "telephony"],
            Self::Management => &[],
        }
    }

    /// Seconds between two calls of a desk telephone that is free, on average.
    pub(crate) const fn desk_call_every(self) -> i64 {
        match self {
            Self::Support => 900,
            Self::Sales | Self::It => 2_700,
            Self::Finance | Self::HumanResources | Self::Management => 4_200,
            Self::Development | Self::Warehouse => 9_000,
        }
    }

    /// The same of a mobile.
    pub(crate) const fn mobile_call_every(self) -> i64 {
        match self {
            Self::Sales => 3_000,
            Self::Management | Self::Warehouse => 6_000,
            _ => 14_400,
        }
    }

    /// The fewest and the most meetings of one's own in a day, beside those of the department.
    pub(crate) const fn meetings(self) -> (i64, i64) {
        match self {
            Self::Support | Self::Warehouse => (0, 1),
            Self::Sales | Self::HumanResources => (2, 4),
            Self::Finance | Self::It | Self::Development => (1, 3),
            Self::Management => (4, 6),
        }
    }

    /// When the department meets in the morning, in minutes of the day.
    pub(crate) const fn stand_up(self) -> Option<i64> {
        match self {
            // Somebody has to answer.
            Self::Support => None,
            Self::Warehouse => Some(7 * 60 + 30),
            Self::Sales => Some(8 * 60 + 45),
            Self::Finance | Self::Management => Some(9 * 60),
            Self::It => Some(9 * 60 + 15),
            Self::Development | Self::HumanResources => Some(9 * 60 + 30),
        }
    }
}
