//! Typed records over a data set, and how they belong together.

use std::sync::OnceLock;

use hashbrown::HashMap;
use uuid::Uuid;

use super::active::ActiveMeasurements;
use super::data_set::{DataSet, Table};
use super::finding::Findings;
use super::index::{GroupIndex, GuidColumn, GuidIndex, TextIndex, same_text};
use super::signal::{MeasurementKey, SignalKind, SignalReference};
use super::standard::{
    DeviceColumns, DeviceRecord, FromValue, MeasurementColumns, MeasurementRecord, PhasorColumns,
    PhasorRecord, SCHEMA_VERSION_COLUMN, SCHEMA_VERSION_TABLE, VERSION_INFO_TABLE,
};
use super::string_pool::StringId;

/// The metadata of a publisher: an immutable data set with typed access to its standard tables.
///
/// Share it between threads in an [`Arc`](std::sync::Arc). Indexes are made at the first look-up
/// that needs them.
#[derive(Debug)]
pub struct Metadata {
    pub(super) data_set: DataSet,
    pub(super) node_id: Uuid,
    pub(super) devices: TableView<DeviceColumns>,
    pub(super) measurements: TableView<MeasurementColumns>,
    pub(super) phasors: TableView<PhasorColumns>,
    active: OnceLock<ActiveMeasurements>,
    all_tables: OnceLock<DataSet>,
    signal_ids: OnceLock<GuidColumn>,
    keys: OnceLock<TextIndex>,
    point_tags: OnceLock<TextIndex>,
    device_names: OnceLock<TextIndex>,
    acronyms: OnceLock<TextIndex>,
    links: Links,
    pub(super) findings: OnceLock<Findings>,
}

/// A standard table of a data set, if it has it, and where its columns are.
#[derive(Debug)]
pub(super) struct TableView<C> {
    index: Option<usize>,
    pub(super) columns: C,
}

impl<C: Default> TableView<C> {
    fn find(data_set: &DataSet, name: &str, columns: impl FnOnce(&Table) -> C) -> TableView<C> {
        let index = data_set.table_index(name);
        let table = data_set.table(name);
        TableView { index, columns: table.map(columns).unwrap_or_default() }
    }

    pub(super) fn index(&self) -> Option<usize> {
        self.index
    }

    pub(super) fn table<'a>(&self, data_set: &'a DataSet) -> Option<&'a Table> {
        data_set.tables().nth(self.index?)
    }

    fn row_count(&self, data_set: &DataSet) -> usize {
        self.table(data_set).map_or(0, Table::row_count)
    }
}

/// Rows by what other tables refer to them with. A publisher of many signals needs only some of them.
#[derive(Debug, Default)]
struct Links {
    devices: OnceLock<HashMap<StringId, u32>>,
    phasors: OnceLock<HashMap<(StringId, i32), u32>>,
    parts: OnceLock<HashMap<(StringId, i32), PhasorParts>>,
    measurements_of_device: OnceLock<GroupIndex>,
    phasors_of_device: OnceLock<GroupIndex>,
    children_of_device: OnceLock<GroupIndex>,
}

/// Rows of the measurements of a phasor.
#[derive(Debug, Default)]
struct PhasorParts {
    angle: Option<u32>,
    magnitude: Option<u32>,
}

impl Metadata {
    /// The metadata of a publisher whose node ID does not matter, such as one subscribed to.
    pub fn new(data_set: DataSet) -> Metadata {
        Metadata::with_node_id(data_set, Uuid::nil())
    }

    /// The metadata of a publisher with that node ID, which `ActiveMeasurements` mentions.
    pub fn with_node_id(data_set: DataSet, node_id: Uuid) -> Metadata {
        Metadata {
            devices: TableView::find(&data_set, DeviceColumns::TABLE, DeviceColumns::of),
            measurements: TableView::find(&data_set, MeasurementColumns::TABLE, MeasurementColumns::of),
            phasors: TableView::find(&data_set, PhasorColumns::TABLE, PhasorColumns::of),
            data_set,
            node_id,
            active: OnceLock::new(),
            all_tables: OnceLock::new(),
            signal_ids: OnceLock::new(),
            keys: OnceLock::new(),
            point_tags: OnceLock::new(),
            device_names: OnceLock::new(),
            acronyms: OnceLock::new(),
            links: Links::default(),
            findings: OnceLock::new(),
        }
    }

    /// The same as a publisher with that node ID publishes them: devices without a `NodeID` get it.
    pub fn of_node(&self, node_id: Uuid) -> Metadata {
        let data_set = self.data_set.with_guids_for_nulls(DeviceColumns::TABLE, "NodeID", node_id);
        Metadata::with_node_id(data_set, node_id)
    }

    /// The node ID of the publisher; all zeros when it does not matter.
    pub fn node_id(&self) -> Uuid {
        self.node_id
    }

    /// The data set with all its tables.
    pub fn data_set(&self) -> &DataSet {
        &self.data_set
    }

    /// The number in the `SchemaVersion` (or `VersionInfo`) table.
    pub fn schema_version(&self) -> Option<i32> {
        let table =
            [SCHEMA_VERSION_TABLE, VERSION_INFO_TABLE].iter().find_map(|name| self.data_set.table(name))?;
        i32::from_value(table.value(0, table.column_index(SCHEMA_VERSION_COLUMN)?))
    }

    /// All devices, in the order of their table.
    pub fn devices(&self) -> impl ExactSizeIterator<Item = DeviceRecord<'_>> {
        (0..self.devices.row_count(&self.data_set)).map(|row| DeviceRecord { metadata: self, row })
    }

    /// All measurements, in the order of their table.
    pub fn measurements(&self) -> impl ExactSizeIterator<Item = MeasurementRecord<'_>> {
        (0..self.measurements.row_count(&self.data_set)).map(|row| MeasurementRecord { metadata: self, row })
    }

    /// All phasors, in the order of their table.
    pub fn phasors(&self) -> impl ExactSizeIterator<Item = PhasorRecord<'_>> {
        (0..self.phasors.row_count(&self.data_set)).map(|row| PhasorRecord { metadata: self, row })
    }

    /// The device in a row of `DeviceDetail`.
    pub fn device(&self, row: usize) -> Option<DeviceRecord<'_>> {
        (row < self.devices.row_count(&self.data_set)).then_some(DeviceRecord { metadata: self, row })
    }

    /// The measurement in a row of `MeasurementDetail`.
    pub fn measurement(&self, row: usize) -> Option<MeasurementRecord<'_>> {
        (row < self.measurements.row_count(&self.data_set))
            .then_some(MeasurementRecord { metadata: self, row })
    }

    /// The phasor in a row of `PhasorDetail`.
    pub fn phasor(&self, row: usize) -> Option<PhasorRecord<'_>> {
        (row < self.phasors.row_count(&self.data_set)).then_some(PhasorRecord { metadata: self, row })
    }

    /// The measurement of a signal; the first one, should several have the same signal ID.
    pub fn measurement_by_signal_id(&self, signal_id: Uuid) -> Option<MeasurementRecord<'_>> {
        let table = self.measurements.table(&self.data_set)?;
        self.measurement(self.signal_id_column(table).find(table, signal_id)?)
    }

    /// Rows of measurements whose signal ID is that of an earlier one.
    pub(crate) fn rows_of_repeated_signal_ids(&self) -> &[u32] {
        self.signal_id_index().map(GuidIndex::repeated).unwrap_or_default()
    }

    /// The index of measurements by signal ID, for those who have the signal IDs at hand.
    pub(crate) fn signal_id_index(&self) -> Option<&GuidIndex> {
        let table = self.measurements.table(&self.data_set)?;
        Some(self.signal_id_column(table).index())
    }

    /// The signal IDs by row, if they lie one behind the other. What stands where a row has none means nothing.
    pub(crate) fn signal_id_array(&self) -> Option<&[Uuid]> {
        let table = self.measurements.table(&self.data_set)?;
        table.cells(self.measurements.columns.signal_id?)?.guids()
    }

    fn signal_id_column(&self, measurements: &Table) -> &GuidColumn {
        self.signal_ids.get_or_init(|| GuidColumn::new(measurements, self.measurements.columns.signal_id))
    }

    /// The measurement with a measurement key, `SOURCE:number`, upper or lower case; the first one, should
    /// several have it.
    pub fn measurement_by_key(&self, key: &str) -> Option<MeasurementRecord<'_>> {
        let table = self.measurements.table(&self.data_set)?;
        let index = self.keys.get_or_init(|| TextIndex::new(table, self.measurements.columns.id));
        self.measurement(index.find(table, key)?)
    }

    /// The measurement with a point tag, upper or lower case; the first one, should several have it.
    pub fn measurement_by_point_tag(&self, point_tag: &str) -> Option<MeasurementRecord<'_>> {
        let table = self.measurements.table(&self.data_set)?;
        let index =
            self.point_tags.get_or_init(|| TextIndex::new(table, self.measurements.columns.point_tag));
        self.measurement(index.find(table, point_tag)?)
    }

    /// The device with a long name, upper or lower case; the first one, should several have it.
    pub fn device_by_name(&self, name: &str) -> Option<DeviceRecord<'_>> {
        let table = self.devices.table(&self.data_set)?;
        let index = self.device_names.get_or_init(|| TextIndex::new(table, self.devices.columns.name));
        self.device(index.find(table, name)?)
    }

    /// The device with an acronym, upper or lower case; the first one, should several have it.
    pub fn device_by_acronym(&self, acronym: &str) -> Option<DeviceRecord<'_>> {
        let table = self.devices.table(&self.data_set)?;
        let index = self.acronyms.get_or_init(|| TextIndex::new(table, self.devices.columns.acronym));
        self.device(index.find(table, acronym)?)
    }

    /// The enabled measurements in the form that subscription filters select from.
    pub fn active_measurements(&self) -> &ActiveMeasurements {
        self.active.get_or_init(|| ActiveMeasurements::of(self))
    }

    /// The tables of the data set and, after them, `ActiveMeasurements`, unless the data set itself
    /// has a table of that name: everything that expressions can be evaluated over. No row is copied.
    pub fn all_tables(&self) -> &DataSet {
        self.all_tables.get_or_init(|| {
            let mut tables: Vec<Table> = self.data_set.tables().cloned().collect();
            if self.data_set.table_index(ActiveMeasurements::TABLE).is_none() {
                tables.push(self.active_measurements().table().clone());
            }
            self.data_set.of_tables(self.data_set.name(), tables)
        })
    }

    fn linked_phasor(&self, device: StringId, source_index: i32) -> Option<PhasorRecord<'_>> {
        let phasors = self.links.phasors.get_or_init(|| phasor_rows(self));
        self.phasor(*phasors.get(&(device, source_index))? as usize)
    }

    fn linked_device(&self, acronym: Option<StringId>) -> Option<DeviceRecord<'_>> {
        let devices = self.links.devices.get_or_init(|| device_rows(self));
        self.device(*devices.get(&acronym?)? as usize)
    }

    fn parts(&self, device: StringId, source_index: i32) -> Option<&PhasorParts> {
        self.links.parts.get_or_init(|| phasor_parts(self)).get(&(device, source_index))
    }

    /// The rows of a table that have this text in the column.
    fn linked_rows<'a, C: Default>(
        &'a self,
        link: &'a OnceLock<GroupIndex>,
        view: &TableView<C>,
        column: Option<usize>,
        text: Option<StringId>,
    ) -> &'a [u32] {
        let new =
            || view.table(&self.data_set).map(|table| GroupIndex::new(table, column)).unwrap_or_default();
        text.map(|text| link.get_or_init(new).rows(text)).unwrap_or_default()
    }

    fn measurements_of(&self, acronym: Option<StringId>) -> impl Iterator<Item = MeasurementRecord<'_>> {
        let column = self.measurements.columns.device_acronym;
        let rows = self.linked_rows(&self.links.measurements_of_device, &self.measurements, column, acronym);
        rows.iter().map(|row| MeasurementRecord { metadata: self, row: *row as usize })
    }
}

fn device_rows(metadata: &Metadata) -> HashMap<StringId, u32> {
    let mut rows = HashMap::new();
    for (row, device) in (0u32..).zip(metadata.devices()) {
        if let Some(acronym) = device.acronym_id() {
            rows.entry(acronym).or_insert(row);
        }
    }
    rows
}

fn phasor_rows(metadata: &Metadata) -> HashMap<(StringId, i32), u32> {
    let mut rows = HashMap::new();
    for (row, phasor) in (0u32..).zip(metadata.phasors()) {
        if let (Some(acronym), Some(index)) = (phasor.acronym_id(), phasor.source_index()) {
            rows.entry((acronym, index)).or_insert(row);
        }
    }
    rows
}

fn phasor_parts(metadata: &Metadata) -> HashMap<(StringId, i32), PhasorParts> {
    let mut parts: HashMap<_, PhasorParts> = HashMap::new();
    for (row, measurement) in (0u32..).zip(metadata.measurements()) {
        if let (Some(acronym), Some(index)) = (measurement.acronym_id(), measurement.phasor_source_index()) {
            let parts = parts.entry((acronym, index)).or_default();
            if measurement.is_part("PHA", SignalKind::Angle) {
                parts.angle.get_or_insert(row);
            } else if measurement.is_part("PHM", SignalKind::Magnitude) {
                parts.magnitude.get_or_insert(row);
            }
        }
    }
    parts
}

impl<'a> DeviceRecord<'a> {
    /// The device's measurements.
    pub fn measurements(self) -> impl Iterator<Item = MeasurementRecord<'a>> {
        self.metadata.measurements_of(self.acronym_id())
    }

    /// The device's phasors.
    pub fn phasors(self) -> impl Iterator<Item = PhasorRecord<'a>> {
        let metadata = self.metadata;
        let column = metadata.phasors.columns.device_acronym;
        let link = &metadata.links.phasors_of_device;
        let rows = metadata.linked_rows(link, &metadata.phasors, column, self.acronym_id());
        rows.iter().map(move |row| PhasorRecord { metadata, row: *row as usize })
    }

    /// The device's phasor with a label, upper or lower case; the first one, should several have it.
    pub fn phasor_by_label(self, label: &str) -> Option<PhasorRecord<'a>> {
        self.phasors().find(|phasor| phasor.label().is_some_and(|known| same_text(known, label)))
    }

    /// The concentrator that the device reports through.
    pub fn parent(self) -> Option<DeviceRecord<'a>> {
        self.metadata.linked_device(self.string_id(self.metadata.devices.columns.parent_acronym))
    }

    /// The devices that report through this concentrator. Metadata may contain circles: a device can
    /// be among the children of its children, and even its own child.
    pub fn children(self) -> impl Iterator<Item = DeviceRecord<'a>> {
        let metadata = self.metadata;
        let column = metadata.devices.columns.parent_acronym;
        let link = &metadata.links.children_of_device;
        let rows = metadata.linked_rows(link, &metadata.devices, column, self.acronym_id());
        rows.iter().map(move |row| DeviceRecord { metadata, row: *row as usize })
    }

    fn acronym_id(self) -> Option<StringId> {
        self.string_id(self.metadata.devices.columns.acronym)
    }
}

impl<'a> MeasurementRecord<'a> {
    /// The measurement's device.
    pub fn device(self) -> Option<DeviceRecord<'a>> {
        self.metadata.linked_device(self.acronym_id())
    }

    /// The phasor whose angle or magnitude the measurement is.
    pub fn phasor(self) -> Option<PhasorRecord<'a>> {
        self.phasor_at(self.phasor_source_index()?)
    }

    /// The phasor of the measurement's device with that source index.
    pub(super) fn phasor_at(self, source_index: i32) -> Option<PhasorRecord<'a>> {
        self.metadata.linked_phasor(self.acronym_id()?, source_index)
    }

    /// The measurement key in [`MeasurementRecord::id`].
    pub fn key(self) -> Option<MeasurementKey<'a>> {
        MeasurementKey::parse(self.id()?)
    }

    /// A value in engineering units: multiplied with [`MeasurementRecord::multiplier`] and increased by
    /// [`MeasurementRecord::adder`], where the metadata have them.
    pub fn adjusted(self, value: f64) -> f64 {
        value * self.multiplier().unwrap_or(1.0) + self.adder().unwrap_or(0.0)
    }

    /// The parts of [`MeasurementRecord::signal_reference`].
    pub fn reference(self) -> Option<SignalReference<'a>> {
        SignalReference::parse(self.signal_reference()?)
    }

    /// Whether subscribers are offered the measurement. One whose `Enabled` cannot be read is, because
    /// nobody would find it missing.
    pub(crate) fn is_active(self) -> bool {
        let table = self.metadata.measurements.table(&self.metadata.data_set);
        match (table, self.metadata.measurements.columns.enabled) {
            (Some(table), Some(column)) if table.value(self.row, column).is_null() => false,
            _ => self.enabled() != Some(false),
        }
    }

    fn acronym_id(self) -> Option<StringId> {
        self.string_id(self.metadata.measurements.columns.device_acronym)
    }

    /// True when the signal type says so or, without a signal type, the signal reference.
    fn is_part(self, type_ending: &str, kind: SignalKind) -> bool {
        match self.signal_acronym() {
            Some(signal_type) if !signal_type.is_empty() => {
                signal_type.to_ascii_uppercase().ends_with(type_ending)
            }
            _ => self.reference().is_some_and(|reference| reference.kind == kind),
        }
    }
}

impl<'a> PhasorRecord<'a> {
    /// The phasor's device.
    pub fn device(self) -> Option<DeviceRecord<'a>> {
        self.metadata.linked_device(self.acronym_id())
    }

    /// The measurement of the phasor's angle.
    pub fn angle(self) -> Option<MeasurementRecord<'a>> {
        self.metadata.measurement(self.parts()?.angle? as usize)
    }

    /// The measurement of the phasor's magnitude.
    pub fn magnitude(self) -> Option<MeasurementRecord<'a>> {
        self.metadata.measurement(self.parts()?.magnitude? as usize)
    }

    fn parts(self) -> Option<&'a PhasorParts> {
        self.metadata.parts(self.acronym_id()?, self.source_index()?)
    }

    fn acronym_id(self) -> Option<StringId> {
        self.string_id(self.metadata.phasors.columns.device_acronym)
    }
}
