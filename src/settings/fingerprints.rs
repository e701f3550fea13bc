//! Lists of fingerprints of certificates.

use std::fmt;
use std::str::FromStr;

use crate::tls::Fingerprint;

pub(super) const FINGERPRINTS: &str =
    "SHA-256 fingerprints, 64 hexadecimal digits, perhaps with colons, and with commas between several";

/// Fingerprints of certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FingerprintList(Vec<Fingerprint>);

impl FingerprintList {
    /// Whether it has a fingerprint.
    pub fn contains(&self, fingerprint: Fingerprint) -> bool {
        self.0.contains(&fingerprint)
    }

    /// Whether it has none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Fingerprint> for FingerprintList {
    fn from_iter<I: IntoIterator<Item = Fingerprint>>(fingerprints: I) -> FingerprintList {
        FingerprintList(fingerprints.into_iter().collect())
    }
}

impl FromStr for FingerprintList {
    type Err = String;

    /// Reads fingerprints with commas between them. The error is what is to be written instead.
    fn from_str(text: &str) -> Result<FingerprintList, String> {
        let written = text.split(',').map(str::trim).filter(|fingerprint| !fingerprint.is_empty());
        written.map(|text| read(text).ok_or_else(|| FINGERPRINTS.to_owned())).collect()
    }
}

/// A fingerprint, with colons or without.
fn read(text: &str) -> Option<Fingerprint> {
    let digits: Vec<u8> =
        text.chars().filter(|c| *c != ':').map(|c| Some(c.to_digit(16)? as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    (digits.len() == 64).then_some(Fingerprint(bytes.try_into().ok()?))
}

impl fmt::Display for FingerprintList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fingerprint) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{fingerprint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_openssl_shows_them_and_bare() {
        let shown = "AB:".repeat(31) + "0C";
        let list: FingerprintList = format!("{shown}, {}", "1f".repeat(32)).parse().unwrap();
        assert!(list.contains(Fingerprint([0x1F; 32])));
        assert!(list.to_string().starts_with(&shown), "{list}");
        assert_eq!(list.to_string().parse(), Ok(list));
        assert_eq!("".parse(), Ok(FingerprintList::default()));
        for wrong in ["AB", &"1f".repeat(33), &"1g".repeat(32), &"é".repeat(64), "sha256"] {
            assert!(
                wrong.parse::<FingerprintList>().unwrap_err().contains("64 hexadecimal digits"),
                "{wrong}"
            );
        }
    }
}
