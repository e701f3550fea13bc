//! Whether the bus takes what is sent: its stream, and its bucket.

use std::sync::Arc;

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::{Context, ErrorCode};

use crate::bus::{self, Table, Tables};
use crate::config::Bus;

/// Where tables go.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) bucket: Store,
    pub(super) tables: Tables,
}

/// The bus is there, and has taken so many of the tables that waited.
pub(super) struct Found {
    pub(super) way: Way,
    pub(super) tables: usize,
    /// The stream was gone, and is there anew.
    pub(super) is_remade: bool,
}

/// Why the bus is not there.
pub(super) enum Missing {
    /// It is, and somebody has deleted the stream, which was there.
    Stream,
    Bus(String),
}

impl From<String> for Missing {
    fn from(why: String) -> Missing {
        Missing::Bus(why)
    }
}

/// Whether the bus is there: opens stream and bucket if they are not yet, and puts tables into the bucket.
pub(super) async fn find(
    context: Context,
    settings: Bus,
    known: Option<Way>,
    tables: Vec<Arc<Table>>,
) -> Result<Found, Missing> {
    let way = match known {
        Some(way) => way,
        None => {
            let bucket = bus::open_bucket(&context, &settings).await?;
            bus::make_stream(&context, &settings).await?;
            Way { tables: Tables::new(bucket.clone(), &settings.stream), bucket }
        }
    };
    let count = tables.len();
    for table in tables {
        way.tables.put(&table).await?;
    }
    match context.get_stream(&settings.stream).await.map_err(|error| (error.kind(), error)) {
        Ok(_) => Ok(Found { way, tables: count, is_remade: false }),
        Err((GetStreamErrorKind::JetStream(error), _))
            if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
        {
            Err(Missing::Stream)
        }
        Err((_, error)) => Err(Missing::Bus(error.to_string())),
    }
}

/// Makes the stream anew.
pub(super) async fn remake(context: Context, settings: Bus, way: Way) -> Result<Found, Missing> {
    bus::make_stream(&context, &settings).await?;
    Ok(Found { way, tables: 0, is_remade: true })
}
