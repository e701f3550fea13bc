//! Numbers of bytes as a configuration has them: `64K`, `512M`, `10G`, `2T`, in steps of 1,024.

use serde::{Deserialize, Deserializer, de::Error};

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    read(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no size; write 64K, 512M, 10G or 2T")))
}

fn read(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let shift = 10 * (1 + "KMGT".find(unit)? as u32);
    text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(read("64K"), Some(65_536));
        assert_eq!(read("2T"), Some(2 << 40));
        for wrong in ["", "5", "K", "-1K", "1.5G", "1KB", "99999999999T"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
