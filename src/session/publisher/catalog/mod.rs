//! What a publisher publishes: one immutable snapshot of its metadata, and what was worked out
//! from it.

mod selections;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use uuid::Uuid;

use super::selected_signals::SelectedSignals;
use super::selection::{DatagramIndexes, Selection};
use crate::Ticks;
use crate::codec::{NOT_SUBSCRIBED, gzip};
use crate::filter::{Allowance, Filter, FilterError, FilterProblem, PrimaryTable};
use crate::host;
use crate::metadata::{DataSet, DataSetBuilder, GuidIndex, Metadata, MetadataScope, Table};
use crate::rights::SignalRights;
use crate::wire::frame::{RESPONSE_HEADER_SIZE, response_frame, write_response_header};
use crate::wire::modes::ModeFlags;
use crate::wire::{Command, OperationalModes, Response, TextEncoding, Version};
use selections::Selections;
pub(super) use view::View;
use view::Visible;

/// What a row of metadata takes, compressed, in bytes: more than most do.
const COMPRESSED_ROW: usize = 52;

/// Steps of filters that do not take long: a millisecond or two.
pub(super) const FEW_STEPS: u64 = 100_000;
/// Rows that are written as fast.
const FEW_ROWS: usize = 4096;
/// Characters of a filter that are read as fast.
const FEW_CHARACTERS: usize = 16 << 10;

/// Whole answers to metadata requests without filters. Each is written by the first who needs it, while
/// others who need the same wait.
type Responses = HashMap<ResponseForm, Arc<OnceLock<Arc<Vec<u8>>>>>;
/// What is visible with some rights. It is worked out by the first who needs it, while others wait.
type Views = HashMap<Arc<SignalRights>, Arc<OnceLock<Arc<Visible>>>>;
/// Answers to requests with filters that somebody has not got whole yet.
type FilteredResponses = HashMap<(String, ResponseForm), Weak<Vec<u8>>>;

/// A response with metadata, and what is to be said of filters that were ignored.
#[derive(Debug)]
pub(super) struct WrittenMetadata {
    pub(super) response: Arc<Vec<u8>>,
    /// The catalog keeps it for others.
    pub(super) is_kept: bool,
    pub(super) ignored: Vec<String>,
}

/// What the answer to a metadata request depends on, beside the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ResponseForm {
    scope: MetadataScope,
    encoding: TextEncoding,
    compress: bool,
}

impl ResponseForm {
    fn of(modes: OperationalModes) -> ResponseForm {
        let internal = modes.flags.contains(ModeFlags::INTERNAL_METADATA);
        let external = modes.flags.contains(ModeFlags::EXTERNAL_METADATA);
        ResponseForm {
            scope: MetadataScope::from_flags(internal, external),
            encoding: modes.encoding,
            compress: modes.compresses_metadata(),
        }
    }
}

/// A snapshot of metadata. Rows are those of its MeasurementDetail table.
#[derive(Debug)]
pub struct Catalog {
    metadata: Arc<Metadata>,
    /// Signal ID of each row, nil for rows that [cannot be delivered](Self::delivers), unless the metadata have an
    /// array that is the same.
    signal_ids: Option<Vec<Uuid>>,
    delivers_all: bool,
    /// Selections in use, by filter expression: evaluated once for all subscribers.
    selections: Selections,
    views: Mutex<Views>,
    responses: Mutex<Responses>,
    filtered: Mutex<FilteredResponses>,
    datagram_indexes: Arc<DatagramIndexes>,
}

/// The signals of a catalog, by row and by ID.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignalRows<'a> {
    ids: &'a [Uuid],
    rows: Option<&'a GuidIndex>,
}

impl SignalRows<'_> {
    /// The signal of a row; nil when the row cannot be delivered.
    #[inline]
    pub(crate) fn id(self, row: u32) -> Option<Uuid> {
        self.ids.get(row as usize).copied()
    }

    /// The row of a signal.
    #[inline]
    pub(crate) fn row(self, signal_id: &Uuid) -> Option<u32> {
        if signal_id.is_nil() {
            return None;
        }
        // The array of signal IDs is faster to read than the table.
        self.rows?.find(*signal_id, |row| self.id(row))
    }
}

impl Default for Catalog {
    /// Nothing to publish.
    fn default() -> Catalog {
        Catalog::new(Arc::new(Metadata::new(DataSetBuilder::new("DataSet").finish())))
    }
}

impl Catalog {
    /// A catalog of `metadata`.
    pub fn new(metadata: Arc<Metadata>) -> Catalog {
        Catalog::with_indexes(metadata, Arc::new(DatagramIndexes::new()))
    }

    /// A catalog of `metadata` that takes the place of this one: datagrams that were sent before cannot be mistaken for
    /// those that are sent then.
    pub fn followed_by(&self, metadata: Arc<Metadata>) -> Catalog {
        Catalog::with_indexes(metadata, self.datagram_indexes.clone())
    }

    fn with_indexes(metadata: Arc<Metadata>, datagram_indexes: Arc<DatagramIndexes>) -> Catalog {
        let mut signal_ids: Vec<Uuid> =
            metadata.measurements().map(|row| row.signal_id().unwrap_or_default()).collect();
        for row in metadata.rows_of_repeated_signal_ids() {
            signal_ids[*row as usize] = Uuid::nil();
        }
        let delivers_all = signal_ids.iter().all(|id| !id.is_nil());
        let is_own = metadata.signal_id_array() != Some(&signal_ids);
        Catalog {
            metadata,
            signal_ids: is_own.then_some(signal_ids),
            delivers_all,
            selections: Selections::default(),
            views: Mutex::default(),
            responses: Mutex::default(),
            filtered: Mutex::default(),
            datagram_indexes,
        }
    }

    /// Works out what the first subscription needs, so that the engine's thread is not held up.
    pub fn prepare_subscriptions(&self) {
        self.metadata.active_measurements();
    }

    /// Writes the answer that most subscribers will ask for, so that the first one need not wait.
    pub fn prepare_metadata(&self) {
        let flags = ModeFlags::INTERNAL_METADATA
            | ModeFlags::EXTERNAL_METADATA
            | ModeFlags::GZIP
            | ModeFlags::COMPRESS_METADATA;
        let modes = OperationalModes { version: Version::V2, encoding: TextEncoding::Utf8, flags };
        self.whole_response(ResponseForm::of(modes));
    }

    /// Number of signals.
    pub fn signal_count(&self) -> usize {
        self.signal_ids().len()
    }

    /// Rows of all tables.
    fn row_count(&self) -> usize {
        self.metadata.data_set().tables().map(Table::row_count).sum()
    }

    /// What is published.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Whether measurements of a row can be delivered: the metadata have the row, and it has a signal ID
    /// that no earlier one has.
    pub fn delivers(&self, row: u32) -> bool {
        self.signal_id(row).is_some_and(|id| !id.is_nil())
    }

    /// Whether measurements of every row of the metadata can be delivered.
    pub fn delivers_all(&self) -> bool {
        self.delivers_all
    }

    /// The signal of each row; nil for rows that cannot be delivered.
    pub(super) fn signal_ids(&self) -> &[Uuid] {
        match &self.signal_ids {
            Some(own) => own,
            None => self.metadata.signal_id_array().unwrap_or_default(),
        }
    }

    /// For many look-ups.
    pub(crate) fn signals(&self) -> SignalRows<'_> {
        SignalRows { ids: self.signal_ids(), rows: self.metadata.signal_id_index() }
    }

    /// The signal of a row.
    pub fn signal_id(&self, row: u32) -> Option<Uuid> {
        self.signals().id(row)
    }

    /// The row of a signal.
    pub fn signal_index(&self, signal_id: &Uuid) -> Option<u32> {
        self.signals().row(signal_id)
    }

    /// The signals that a filter expression selects from the ActiveMeasurements view. `now` is what
    /// its functions take for the time.
    pub(super) fn select(
        &self,
        filter: &str,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Arc<Selection>, FilterError> {
        if let Some(selection) = self.selections.find(filter) {
            return Ok(selection);
        }
        Ok(self.selections.keep(filter, self.evaluate(filter, now, allowance)?))
    }

    /// Whether the engine's thread should not even begin to [`select`](Self::select).
    pub(super) fn takes_long_to_select(&self, filter: &str) -> bool {
        let is_long = filter.len() > FEW_CHARACTERS || self.signal_count() as u64 > FEW_STEPS;
        is_long && self.selections.find(filter).is_none()
    }

    /// Works out what is visible with these rights, so that the engine's thread is not held up when they come into use.
    pub fn prepare_rights(&self, rights: &Arc<SignalRights>, now: Ticks) {
        self.visible(rights, now);
    }

    /// What is visible with these rights.
    fn visible(&self, rights: &Arc<SignalRights>, now: Ticks) -> Arc<Visible> {
        let place = {
            let mut views = self.views();
            match views.get(rights) {
                Some(place) => Arc::clone(place),
                None => {
                    // Those that nobody else knows any more are in nobody's use.
                    views.retain(|rights, _| Arc::strong_count(rights) > 1);
                    Arc::clone(views.entry(Arc::clone(rights)).or_default())
                }
            }
        };
        Arc::clone(place.get_or_init(|| Arc::new(Visible::new(rights.allowed(&self.metadata, now)))))
    }

    /// Whether it is worked out already what is visible with these rights.
    fn has_visible(&self, rights: &Arc<SignalRights>) -> bool {
        self.views().get(rights).is_some_and(|place| place.get().is_some())
    }

    fn views(&self) -> MutexGuard<'_, Views> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn evaluate(
        &self,
        filter: &str,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Selection, FilterError> {
        // A subscriber that names no signals gets none.
        if filter.trim().is_empty() {
            return Ok(Selection::default());
        }
        let selected = Filter::parse(filter)?.select_signals(&self.metadata, now, allowance)?;
        let mut signals = SelectedSignals::with_capacity(selected.len());
        for measurement in selected {
            let (source, number) = measurement.key().map_or(("", 0), |key| (key.source, key.number));
            signals.push(measurement.signal_id().unwrap_or_default(), source, number);
        }
        host::give_back_memory_of(signals.ids().len());
        Ok(Selection::new(signals, &self.datagram_indexes))
    }

    /// Signal index of each row for a selection whose first index is `first`, or [`NOT_SUBSCRIBED`].
    pub(super) fn route(&self, selection: &Selection, first: u32) -> Vec<u32> {
        let signals = self.signals();
        let mut route = vec![NOT_SUBSCRIBED; self.signal_count()];
        for (index, signal_id) in selection.sent() {
            if let Some(row) = signals.row(&signal_id) {
                route[row as usize] = first + index;
            }
        }
        route
    }

    /// The whole answer to a metadata request, in the text encoding of the connection. The tables that
    /// filter statements are meant for which cannot be used come unfiltered.
    ///
    /// # Errors
    /// The filters take more steps than are allowed.
    pub(super) fn written_metadata(
        &self,
        filters: &str,
        modes: OperationalModes,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<WrittenMetadata, FilterError> {
        let form = ResponseForm::of(modes);
        let mut ignored = Vec::new();
        if filters.trim().is_empty() {
            return Ok(WrittenMetadata { response: self.whole_response(form), is_kept: true, ignored });
        }
        let place = (filters.to_owned(), form);
        let known = self.filtered_responses().get(&place).and_then(Weak::upgrade);
        if let Some(response) = known {
            return Ok(WrittenMetadata { response, is_kept: false, ignored });
        }
        let selected = self.filtered_rows(filters, now, allowance, &mut ignored)?;
        let response = Arc::new(self.write_response(selected, form));
        if ignored.is_empty() {
            let mut responses = self.filtered_responses();
            responses.retain(|_, response| response.strong_count() > 0);
            responses.insert(place, Arc::downgrade(&response));
        }
        Ok(WrittenMetadata { response, is_kept: false, ignored })
    }

    /// The answer without filters, which is kept.
    fn whole_response(&self, form: ResponseForm) -> Arc<Vec<u8>> {
        let write = || Arc::new(self.write_response(Vec::new(), form));
        Arc::clone(self.unfiltered(form).get_or_init(write))
    }

    /// Whether the engine's thread should not even begin to do it.
    pub(super) fn takes_long_to_write(&self, filters: &str, modes: OperationalModes) -> bool {
        let is_long = self.row_count() > FEW_ROWS || filters.len() > FEW_CHARACTERS;
        is_long && !(filters.trim().is_empty() && self.unfiltered(ResponseForm::of(modes)).get().is_some())
    }

    fn filtered_responses(&self) -> MutexGuard<'_, FilteredResponses> {
        self.filtered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unfiltered(&self, form: ResponseForm) -> Arc<OnceLock<Arc<Vec<u8>>>> {
        let mut responses = self.responses.lock().unwrap_or_else(PoisonError::into_inner);
        responses.entry(form).or_default().clone()
    }

    /// The whole answer to a request for the tables of the metadata, or of the ActiveMeasurements
    /// view that filters select from: their columns without any row.
    pub(super) fn schema_response(&self, command: Command, modes: OperationalModes) -> Vec<u8> {
        let data_set = match command {
            Command::GetSignalSelectionSchema => self.metadata.active_measurements().data_set(),
            _ => self.metadata.data_set(),
        };
        let mut xml = data_set.select_rows(&[]).to_xml();
        if modes.compresses_metadata() {
            xml = gzip::compress(&xml);
        }
        response_frame(Response::Succeeded, command.code(), &xml)
    }

    /// The metadata in scope, as far as they are selected: rows of some tables, all of the others.
    fn write_response(&self, selected: Vec<(usize, Vec<usize>)>, form: ResponseForm) -> Vec<u8> {
        // Not even a list of its rows is needed of what is sent as it is.
        let is_whole = form.scope == MetadataScope::All && selected.is_empty();
        let part = (!is_whole).then(|| self.selected_metadata(selected, form.scope));
        let data_set = part.as_ref().unwrap_or(self.metadata.data_set());
        let rows: usize = data_set.tables().map(Table::row_count).sum();
        let mut frame = Vec::with_capacity(RESPONSE_HEADER_SIZE + rows * COMPRESSED_ROW);
        frame.resize(RESPONSE_HEADER_SIZE, 0);
        let mut frame = match form.compress {
            true => gzip::compress_onto(frame, |out| data_set.write_xml(form.encoding, out)),
            false => [frame, data_set.to_xml_with(form.encoding)].concat(),
        };
        frame.shrink_to_fit();
        write_response_header(&mut frame, Response::Succeeded, Command::MetadataRefresh.code());
        frame
    }

    fn selected_metadata(&self, selected: Vec<(usize, Vec<usize>)>, scope: MetadataScope) -> DataSet {
        let mut rows = self.metadata.rows_in_scope(scope);
        for (table, selected) in selected {
            match rows.iter_mut().find(|(number, _)| *number == table) {
                Some((_, in_scope)) => *in_scope = common_rows(selected, in_scope),
                None => rows.push((table, selected)),
            }
        }
        self.metadata.data_set().select_rows(&rows)
    }

    /// The rows of each table that a filter statement is about.
    ///
    /// # Errors
    /// The filters take more steps than are allowed. What else is wrong with one is told in `ignored`.
    fn filtered_rows(
        &self,
        filters: &str,
        now: Ticks,
        allowance: &mut Allowance,
        ignored: &mut Vec<String>,
    ) -> Result<Vec<(usize, Vec<usize>)>, FilterError> {
        let filter = match Filter::parse(filters) {
            Ok(filter) => filter,
            Err(error) => {
                ignored.push(error.to_string());
                return Ok(Vec::new());
            }
        };
        let data_set = self.metadata.data_set();
        let selections = filter.select_each(data_set, &PrimaryTable::default(), now, allowance);
        let mut tables = Vec::new();
        for (name, selected) in filter.tables().zip(selections) {
            let Some(table) = name.and_then(|name| data_set.table_index(name)) else {
                ignored.push(format!("{:?} names no table of the metadata", name.unwrap_or_default()));
                continue;
            };
            match selected {
                Ok(selected) => tables.push((table, selected.iter().map(|selected| selected.row).collect())),
                Err(error) if matches!(error.problem(), FilterProblem::TooMuchWork { .. }) => {
                    return Err(error);
                }
                Err(error) => ignored.push(error.to_string()),
            }
        }
        Ok(tables)
    }
}

/// The selected rows that are in scope, in the order of the selection.
fn common_rows(selected: Vec<usize>, in_scope: &[usize]) -> Vec<usize> {
    let in_scope: HashSet<usize> = in_scope.iter().copied().collect();
    selected.into_iter().filter(|row| in_scope.contains(row)).collect()
}
