//! Settings: all that subscribers, publishers and gateways can be told.
//!
//! Each has a key, STTP_SETTING_..., and a value that is a text, as in connection strings: `true`, `2.5`, `dropOldest`.
//! sttp_subscriber_set and sttp_publisher_set set one, sttp_subscriber_configure and sttp_publisher_configure any
//! number. The functions here list the table, for those who write bindings, help texts and editors.

use std::ffi::{CString, c_char};
use std::sync::LazyLock;

use crate::capi::shared::arguments::{invalid, output, text, write_record};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::settings::{
    BlockLinkSetup, C37118InputSetup, C37118OutputSetup, PublisherSetup, Setting, SettingError, SettingKind,
    SubscriberSetup,
};

/// The settings of subscribers.
pub const STTP_ROLE_SUBSCRIBER: i32 = 0;
/// The settings of publishers.
pub const STTP_ROLE_PUBLISHER: i32 = 1;
/// The settings of a device of a sttp_c37118_input.
pub const STTP_ROLE_C37118_INPUT: i32 = 2;
/// The settings of a stream of a sttp_c37118_output.
pub const STTP_ROLE_C37118_OUTPUT: i32 = 3;
/// The settings of a block link.
pub const STTP_ROLE_BLOCK_LINK: i32 = 4;

/// A setting is `true` or `false`.
pub const STTP_SETTING_TYPE_FLAG: i32 = 0;
/// A setting is a whole number.
pub const STTP_SETTING_TYPE_INTEGER: i32 = 1;
/// A setting is a time in seconds, perhaps with a fraction, as 2.5.
pub const STTP_SETTING_TYPE_SECONDS: i32 = 2;
/// A setting is one of several words.
pub const STTP_SETTING_TYPE_CHOICE: i32 = 3;
/// A setting is a text; `value` says which.
pub const STTP_SETTING_TYPE_TEXT: i32 = 4;
/// A group of settings, which follow it in the table; its value is a connection string of their keys.
pub const STTP_SETTING_TYPE_GROUP: i32 = 5;

/// A setting. Its texts are the library's and stay valid for ever; none is NULL.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_setting {
    /// Its key, as STTP_SETTING_... has it. `dataChannel.port` is `port` in the group `dataChannel`.
    pub key: *const c_char,
    /// Other spellings of the key, without the group, separated by commas; empty when there are none.
    pub aliases: *const c_char,
    /// What a number counts, as `bytes` or `seconds`; empty for other types.
    pub unit: *const c_char,
    /// The least number; empty when there is no such bound.
    pub least: *const c_char,
    /// The greatest number; empty when there is no such bound.
    pub most: *const c_char,
    /// The words of a choice, separated by commas; empty for other types.
    pub words: *const c_char,
    /// What its value can be, in one line.
    pub value: *const c_char,
    /// Its value when it is not set.
    pub default_value: *const c_char,
    /// What it means, in one line without a full stop.
    pub summary: *const c_char,
    /// All that there is to say, the summary first; each paragraph is a line.
    pub document: *const c_char,
    /// STTP_SETTING_TYPE_...
    pub r#type: i32,
    /// 1 when it says in another way what other settings say, else 0.
    pub repeats_others: i32,
}

/// A setting of the table, with the texts that end with a NUL.
struct Row {
    key: CString,
    aliases: CString,
    unit: CString,
    least: CString,
    most: CString,
    words: CString,
    value: CString,
    default_value: CString,
    summary: CString,
    document: CString,
    kind: i32,
    repeats_others: bool,
}

impl Row {
    fn new(setting: &Setting) -> Row {
        Row {
            key: c_string(&*setting.key),
            aliases: c_string(setting.aliases.join(",")),
            unit: c_string(setting.unit),
            least: c_string(&*setting.least),
            most: c_string(&*setting.most),
            words: c_string(setting.words.join(",")),
            value: c_string(&*setting.value),
            default_value: c_string(&*setting.default),
            summary: c_string(&*setting.summary),
            document: c_string(&*setting.document),
            kind: match setting.kind {
                SettingKind::Flag => STTP_SETTING_TYPE_FLAG,
                SettingKind::Integer => STTP_SETTING_TYPE_INTEGER,
                SettingKind::Seconds => STTP_SETTING_TYPE_SECONDS,
                SettingKind::Choice => STTP_SETTING_TYPE_CHOICE,
                SettingKind::Text => STTP_SETTING_TYPE_TEXT,
                SettingKind::Group => STTP_SETTING_TYPE_GROUP,
            },
            repeats_others: setting.repeats_others,
        }
    }

    fn record(&self) -> sttp_setting {
        sttp_setting {
            key: self.key.as_ptr(),
            aliases: self.aliases.as_ptr(),
            unit: self.unit.as_ptr(),
            least: self.least.as_ptr(),
            most: self.most.as_ptr(),
            words: self.words.as_ptr(),
            value: self.value.as_ptr(),
            default_value: self.default_value.as_ptr(),
            summary: self.summary.as_ptr(),
            document: self.document.as_ptr(),
            r#type: self.kind,
            repeats_others: i32::from(self.repeats_others),
        }
    }
}

/// What is known of a role.
struct Role {
    rows: Vec<Row>,
    place_of: fn(&str) -> Result<usize, SettingError>,
}

const NUMBERS: [i32; 5] = [
    STTP_ROLE_SUBSCRIBER,
    STTP_ROLE_PUBLISHER,
    STTP_ROLE_C37118_INPUT,
    STTP_ROLE_C37118_OUTPUT,
    STTP_ROLE_BLOCK_LINK,
];

/// In the order of their numbers.
static ROLES: LazyLock<[Role; 5]> = LazyLock::new(|| {
    let role =
        |settings: &[Setting], place_of| Role { rows: settings.iter().map(Row::new).collect(), place_of };
    [
        role(SubscriberSetup::table_of_settings(), SubscriberSetup::place_of_setting),
        role(PublisherSetup::table_of_settings(), PublisherSetup::place_of_setting),
        role(C37118InputSetup::table_of_settings(), C37118InputSetup::place_of_setting),
        role(C37118OutputSetup::table_of_settings(), C37118OutputSetup::place_of_setting),
        role(BlockLinkSetup::table_of_settings(), BlockLinkSetup::place_of_setting),
    ]
});

fn role_of(number: i32) -> Result<&'static Role, Failure> {
    let place = NUMBERS.iter().position(|known| *known == number);
    place.map(|place| &ROLES[place]).ok_or_else(|| {
        invalid(format!("role is {number}; give one of STTP_ROLE_... (0 to {})", ROLES.len() - 1))
    })
}

/// Counts the settings of a role.
///
/// \param role   STTP_ROLE_....
/// \param count  Receives how many there are.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such role.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_setting_count(role: i32, count: *mut usize) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        unsafe { output(count, "count")? }.write(role_of(role)?.rows.len());
        Ok(())
    })
}

/// Reads a setting of the table, by its place: groups before what is in them.
///
/// \param role     STTP_ROLE_....
/// \param index    Its place, from 0 to what sttp_setting_count tells less 1.
/// \param setting  Receives the setting.
/// \param size     sizeof(*setting).
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such
///         role; STTP_ERR_NOT_FOUND when there is no such place.
/// *Ownership*: the texts are the library's and stay valid for ever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_setting_at(
    role: i32,
    index: usize,
    setting: *mut sttp_setting,
    size: usize,
) -> i32 {
    guard(|| {
        let rows = &role_of(role)?.rows;
        let row = rows.get(index).ok_or_else(|| {
            Error::NotFound(format!("there is no setting {index}; the table has {} of them", rows.len()))
        })?;
        // SAFETY: the contract of the header.
        unsafe { write_record(&row.record(), setting, size, "setting") }
    })
}

/// Finds a setting of the table by its key, or by another spelling of it.
///
/// \param role     STTP_ROLE_....
/// \param key      As STTP_SETTING_... or `gzip`; upper and lower case are the same.
/// \param setting  Receives the setting.
/// \param size     sizeof(*setting).
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such
///         role or key; sttp_last_error then names the key that was perhaps meant.
/// *Ownership*: the texts are the library's and stay valid for ever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_setting_find(
    role: i32,
    key: *const c_char,
    setting: *mut sttp_setting,
    size: usize,
) -> i32 {
    guard(|| {
        let role = role_of(role)?;
        // SAFETY: the contract of the header.
        let key = unsafe { text(key, "key")? };
        let found = (role.place_of)(key);
        let row = role
            .rows
            .get(found.map_err(Error::from)?)
            .ok_or_else(|| Error::Internal(format!("{key} is not in the table of settings")))?;
        // SAFETY: the contract of the header.
        unsafe { write_record(&row.record(), setting, size, "setting") }
    })
}
