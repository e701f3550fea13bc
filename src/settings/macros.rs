//! What makes structs of settings, and the rows of the table for them.

/// Makes a struct of settings from rows of the table: its fields, their documents and defaults,
/// a method for each that sets it, and the [`Rows`].
///
/// A row is `FIELD: TYPE = DEFAULT => KIND("key" or "alias"; ARGUMENTS),` below its document, with a
/// kind of [`value!`]. The first paragraph of the document is one line of a table; all of it says what
/// concerns operators and programs in every language. Rows that have no field of their own follow
/// after `also`.
macro_rules! settings {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident: $($derived:ident)* {
            $(
                $(#[doc = $document:literal])*
                $field:ident: $type:ty = $default:expr
                    => $kind:ident($($key:literal $(or $alias:literal)*)? $(; $($argument:expr),*)?),
            )*
        }
        $(also $($more:expr),*;)?
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, $($derived),*)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $document])*
                $(#[doc = concat!("\n\nKey `", $key, "` of connection strings.")])?
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`.")]
                pub $field: $type,
            )*
        }

        impl Default for $name {
            fn default() -> $name {
                $name { $($field: $default),* }
            }
        }

        $crate::settings::macros::setters! { $name: $($field: $type),* }

        impl $crate::settings::row::Rows for $name {
            const ROWS: &'static [$crate::settings::row::Row<$name>] = &[
                $(
                    $crate::settings::row::Row::new(
                        concat!($($key)?),
                        concat!($($document, "\n"),*),
                        $crate::settings::macros::value!($name, $field, $kind $($(, $argument)*)?),
                    )
                    .or(&[$($($alias),*)?]),
                )*
                $($($more),*)?
            ];
        }
    };
}

/// Methods of a struct of settings, each of which sets a field.
macro_rules! setters {
    ($name:ident: $($field:ident: $type:ty),*) => {
        impl $name {
            $(
                #[doc = concat!("The same with another [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: $type) -> $name {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

/// How the value of a row lives in a field of the struct `$name`.
macro_rules! value {
    // A flag.
    ($name:ty, $($field:ident).+, flag) => {
        $crate::settings::row::Value::Flag {
            get: |settings: &$name| settings.$($field).+,
            set: |settings, value| settings.$($field).+ = value,
        }
    };
    // A number within bounds, of what the unit says; a time, when the unit is milliseconds.
    ($name:ty, $($field:ident).+, integer, $least:expr, $most:expr, $unit:expr) => {
        $crate::settings::row::Value::Integer {
            least: $least,
            most: $most,
            unit: $unit,
            get: |settings: &$name| $crate::settings::field::Number::to_number(settings.$($field).+),
            set: |settings, value| {
                if let Some(value) = $crate::settings::field::Number::from_number(value) {
                    settings.$($field).+ = value;
                }
                Ok(())
            },
        }
    };
    // A time in seconds, at least so long.
    ($name:ty, $($field:ident).+, seconds, $least:expr) => {
        $crate::settings::row::Value::Seconds {
            least: $least,
            most: $crate::settings::row::LONGEST,
            get: |settings: &$name| $crate::settings::field::Time::to_time(settings.$($field).+),
            set: |settings, time| {
                settings.$($field).+ = $crate::settings::field::Time::from_time(time);
                Ok(())
            },
        }
    };
    // Any text.
    ($name:ty, $($field:ident).+, text, $form:expr) => {
        $crate::settings::row::Value::Text {
            form: $form,
            get: |settings: &$name| $crate::settings::field::Words::to_words(&settings.$($field).+),
            set: |settings, text| {
                settings.$($field).+ = $crate::settings::field::Words::from_words(text);
                Ok(())
            },
        }
    };
    // A port; an empty text for none.
    ($name:ty, $($field:ident).+, port) => {
        $crate::settings::row::Value::Text {
            form: $crate::settings::values::PORT_FORM,
            get: |settings: &$name| settings.$($field).+.map(|port: u16| port.to_string()).unwrap_or_default(),
            set: |settings, text| {
                settings.$($field).+ = $crate::settings::values::read_port(text)?;
                Ok(())
            },
        }
    };
    // An IP address of this machine; an empty text for none.
    ($name:ty, $($field:ident).+, ip) => {
        $crate::settings::row::Value::Text {
            form: $crate::settings::values::INTERFACE_FORM,
            get: |settings: &$name| settings.$($field).+.map(|ip: std::net::IpAddr| ip.to_string()).unwrap_or_default(),
            set: |settings, text| {
                settings.$($field).+ = $crate::settings::values::read_interface(text)?;
                Ok(())
            },
        }
    };
    // One of several words, each with its value.
    ($name:ty, $($field:ident).+, choice, $words:expr) => {
        $crate::settings::row::Value::Choice {
            words: &const { $crate::settings::field::words_of(&$words) },
            get: |settings: &$name| $words.iter().position(|(_, value)| *value == settings.$($field).+).unwrap_or(0),
            set: |settings, word| {
                if let Some((_, value)) = $words.get(word) {
                    settings.$($field).+ = *value;
                }
            },
        }
    };
    // A value of a kind of its own.
    ($name:ty, $($field:ident).+, custom, $value:expr) => { $value };
    // Rows of a part, among the others.
    ($name:ty, $($field:ident).+, part) => { $crate::settings::macros::value!($name, $($field).+, group, None) };
    // Rows of a part, in the braces of a group.
    ($name:ty, $($field:ident).+, group, $bare:expr) => {
        $crate::settings::row::Value::Part {
            bare: $bare,
            get: |settings: &$name| &settings.$($field).+,
            get_mut: |settings| &mut settings.$($field).+,
        }
    };
}

pub(super) use {setters, settings, value};
