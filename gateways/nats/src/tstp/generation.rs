//! The generations of TSTP's event, which nothing on the wire tells apart.

use std::fmt;

use serde::Deserialize;

/// Which of the three schemas events are written and read by. They exclude each other and have no identifier in the
/// payload, so both sides have to be told the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, clap::ValueEnum)]
pub(crate) enum Generation {
    /// Of 2018, the one of 14/TSTP as it was published: a data point has one value and tags.
    #[default]
    #[value(name = "A", alias = "a")]
    A,
    /// Of 2019: a data point has named values.
    #[value(name = "B", alias = "b")]
    B,
    /// Of 2024: as B, with the time of ingestion in each data point, and with acknowledgements.
    #[value(name = "C", alias = "c")]
    C,
}

impl Generation {
    /// All of them.
    pub(crate) const ALL: [Generation; 3] = [Generation::A, Generation::B, Generation::C];

    /// The Avro schema of its events, as JSON.
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Generation::A => include_str!("schema/a.avsc"),
            Generation::B => include_str!("schema/b.avsc"),
            Generation::C => include_str!("schema/c.avsc"),
        }
    }

    /// Whether a data point has named values, in place of one value and tags.
    pub(crate) fn has_named_values(self) -> bool {
        self != Generation::A
    }

    /// Whether a data point begins with the time of its ingestion.
    pub(crate) fn has_ingestion_time(self) -> bool {
        self == Generation::C
    }

    /// Whether receivers answer an event that has a reply subject. In the others they must not.
    pub(crate) fn is_acknowledged(self) -> bool {
        self == Generation::C
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Generation::A => "A",
            Generation::B => "B",
            Generation::C => "C",
        })
    }
}
