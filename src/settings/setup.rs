//! What can be done with all settings of a role.

/// Gives the settings of a role what operators do with them: reading and writing connection strings.
macro_rules! setup {
    ($name:ident) => {
        impl $name {
            /// Sets what a connection string says. What it does not mention stays.
            ///
            /// # Errors
            ///
            /// [`SettingError`]; then nothing has changed.
            pub fn apply(&mut self, connection_string: &str) -> Result<(), SettingError> {
                $crate::settings::reader::apply(self, connection_string)
            }

            /// Sets one setting by its key, as `dataChannel.port`, to a value as connection strings write
            /// it; without a value, to its default.
            ///
            /// # Errors
            ///
            /// [`SettingError`]; then nothing has changed.
            pub fn set(&mut self, key: &str, value: Option<&str>) -> Result<(), SettingError> {
                $crate::settings::reader::set(self, key, value)
            }

            /// The value of a setting, as connection strings write it.
            ///
            /// # Errors
            ///
            /// [`SettingError`] when there is no such setting.
            pub fn get(&self, key: &str) -> Result<String, SettingError> {
                $crate::settings::reader::get(self, key)
            }

            /// All settings, for help, for bindings and for editors of connection strings; groups before
            /// what is in them.
            pub fn table_of_settings() -> &'static [$crate::settings::Setting] {
                <$name as $crate::settings::table::Setup>::table().settings()
            }

            /// The place in that table of a setting, by its key or another spelling of it.
            ///
            /// # Errors
            ///
            /// [`SettingError`] when there is no such setting.
            pub fn place_of_setting(key: &str) -> Result<usize, SettingError> {
                $crate::settings::reader::find::<$name>(key)
            }

            /// The connection string that says the same. Keys with their default are left out.
            pub fn to_connection_string(&self) -> $crate::wire::ConnectionString {
                $crate::settings::writer::write(self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = SettingError;

            fn from_str(text: &str) -> Result<$name, SettingError> {
                let mut setup = $name::default();
                setup.apply(text)?;
                Ok(setup)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.to_connection_string().fmt(f)
            }
        }
    };
}

pub(super) use setup;
