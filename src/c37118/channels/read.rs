//! Channels as metadata tell them.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::configuration::{
    AnalogChannel, AnalogScale, DigitalWord, Format, Name, NominalFrequency, PhasorChannel, PhasorScale,
    PmuDetails,
};
use super::{LABEL_SEPARATOR, TABLE, column};
use crate::metadata::{DataSet, Table, Value};

/// The channels of a data set, by the signals that their values travel by.
pub(in super::super) struct Channels<'a> {
    table: Option<&'a Table>,
    rows: HashMap<Uuid, usize>,
}

/// What is known of one channel.
#[derive(Clone, Copy)]
pub(in super::super) struct KnownChannel<'a> {
    table: &'a Table,
    row: usize,
}

impl<'a> Channels<'a> {
    pub(in super::super) fn of(metadata: &'a DataSet) -> Channels<'a> {
        let table = metadata.table(TABLE);
        let mut rows = HashMap::new();
        if let Some(table) = table
            && let Some(signal) = table.column_index(column::SIGNAL_ID)
        {
            for row in 0..table.row_count() {
                if let Value::Guid(id) = table.value(row, signal) {
                    rows.entry(id).or_insert(row);
                }
            }
        }
        Channels { table, rows }
    }

    pub(in super::super) fn find(&self, signal_id: Uuid) -> Option<KnownChannel<'a>> {
        Some(KnownChannel { table: self.table?, row: *self.rows.get(&signal_id)? })
    }
}

impl KnownChannel<'_> {
    pub(in super::super) fn format(self) -> Option<Format> {
        self.small(column::FORMAT).map(Format)
    }

    pub(in super::super) fn nominal_frequency(self) -> Option<NominalFrequency> {
        self.small(column::FNOM).map(NominalFrequency)
    }

    pub(in super::super) fn source_id_code(self) -> Option<u16> {
        self.small(column::SOURCE_ID_CODE)
    }

    pub(in super::super) fn station(self) -> Option<Name> {
        self.text(column::STATION).map(Name::new)
    }

    pub(in super::super) fn details(self) -> Option<PmuDetails> {
        let Value::Guid(global_id) = self.value(column::GLOBAL_ID) else { return None };
        let place = |name| self.number(name).map_or(f32::INFINITY, |number| number as f32);
        Some(PmuDetails {
            global_id: global_id.into_bytes(),
            latitude: place(column::LATITUDE),
            longitude: place(column::LONGITUDE),
            elevation: place(column::ELEVATION),
            service_class: self.integer(column::SERVICE_CLASS).unwrap_or_default(),
            window: self.integer(column::WINDOW).unwrap_or_default(),
            group_delay: self.integer(column::GROUP_DELAY).unwrap_or_default(),
        })
    }

    /// The phasor, whose scale is that of CFG-3 where the device told so much.
    pub(in super::super) fn phasor(self) -> Option<PhasorChannel> {
        let code = self.integer(column::CODE)?;
        let factor = self.number(column::FACTOR)?;
        let scale = match self.integer(column::FLAGS) {
            None => PhasorScale::Unit { code, factor: factor as u32 & 0x00FF_FFFF },
            Some(flags) => PhasorScale::Full {
                flags,
                code,
                user: self.integer(column::USER).unwrap_or_default(),
                factor: factor as f32,
                angle_offset: self.number(column::OFFSET).unwrap_or_default() as f32,
            },
        };
        Some(PhasorChannel { name: self.name(), scale })
    }

    pub(in super::super) fn analog(self) -> Option<AnalogChannel> {
        let factor = self.number(column::FACTOR)?;
        let scale = match self.integer(column::CODE) {
            Some(code) => AnalogScale::Unit { code, factor: factor as i32 },
            None => AnalogScale::Full {
                factor: factor as f32,
                offset: self.number(column::OFFSET).unwrap_or_default() as f32,
            },
        };
        Some(AnalogChannel { name: self.name(), scale })
    }

    pub(in super::super) fn digital(self) -> Option<DigitalWord> {
        let mut labels = self.text(column::NAME)?.split(LABEL_SEPARATOR);
        Some(DigitalWord {
            names: std::array::from_fn(|_| labels.next().map(Name::new).unwrap_or_default()),
            normal: self.small(column::NORMAL)?,
            valid: self.small(column::VALID)?,
        })
    }

    /// Null where the device has none.
    fn name(self) -> Name {
        self.text(column::NAME).map(Name::new).unwrap_or_default()
    }

    fn value(&self, name: &str) -> Value<'_> {
        self.table.column_index(name).map_or(Value::Null, |column| self.table.value(self.row, column))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value(name).as_str()
    }

    fn integer<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        match self.value(name) {
            Value::Int(value) => value.try_into().ok(),
            _ => None,
        }
    }

    fn small(&self, name: &str) -> Option<u16> {
        self.integer(name)
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.value(name) {
            Value::Double(number) => Some(number),
            _ => None,
        }
    }
}
