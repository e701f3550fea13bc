//! Filter expressions over metadata.
