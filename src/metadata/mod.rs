//! Data sets, their XML, and the typed records of STTP metadata.
