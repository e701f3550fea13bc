//! A PMU in CFG-1 and CFG-2.

use bytes::BufMut;

use crate::wire::{Reader, Truncated};

use super::super::error::C37118Error;
use super::name::FIXED_SIZE;
use super::{
    AnalogChannel, AnalogScale, ChannelCounts, DigitalWord, Format, MOST_RESERVED, Name, NominalFrequency,
    PhasorChannel, PhasorScale, Pmu, other_form,
};

const FORM: &str = "CFG-1 and CFG-2 (Unit)";

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Pmu, Truncated> {
    let station = read_name(reader, "STN")?;
    let id_code = reader.u16("IDCODE of a PMU")?;
    let format = Format(reader.u16("FORMAT")?);
    let counts = ChannelCounts::read(reader)?;
    // All names come before all units.
    let phasor_names = read_all(counts.phasors, || read_name(reader, "CHNAM"))?;
    let analog_names = read_all(counts.analogs, || read_name(reader, "CHNAM"))?;
    let digital_names = read_all(counts.digitals, || read_digital_names(reader))?;
    let mut phasors = Vec::with_capacity(phasor_names.len());
    for name in phasor_names {
        let (code, factor) = split_unit(reader.u32("PHUNIT")?);
        phasors.push(PhasorChannel { name, scale: PhasorScale::Unit { code, factor } });
    }
    let mut analogs = Vec::with_capacity(analog_names.len());
    for name in analog_names {
        let (code, factor) = split_unit(reader.u32("ANUNIT")?);
        // Its sign is bit 23.
        let factor = (factor << 8).cast_signed() >> 8;
        analogs.push(AnalogChannel { name, scale: AnalogScale::Unit { code, factor } });
    }
    let mut digitals = Vec::with_capacity(digital_names.len());
    for names in digital_names {
        digitals.push(DigitalWord { names, normal: reader.u16("DIGUNIT")?, valid: reader.u16("DIGUNIT")? });
    }
    Ok(Pmu {
        station,
        id_code,
        format,
        phasors,
        analogs,
        digitals,
        nominal_frequency: NominalFrequency(reader.u16("FNOM")?),
        change_count: reader.u16("CFGCNT")?,
        details: None,
    })
}

fn read_name(reader: &mut Reader<'_>, field: &'static str) -> Result<Name, Truncated> {
    reader.bytes(field, FIXED_SIZE).map(Name::from_bytes)
}

fn read_digital_names(reader: &mut Reader<'_>) -> Result<[Name; 16], Truncated> {
    let mut names = <[Name; 16]>::default();
    for name in &mut names {
        *name = read_name(reader, "CHNAM of a digital value")?;
    }
    Ok(names)
}

/// Reads `count` items; the count is believed only as far as there are bytes.
fn read_all<T>(count: usize, mut read: impl FnMut() -> Result<T, Truncated>) -> Result<Vec<T>, Truncated> {
    let mut items = Vec::with_capacity(count.min(MOST_RESERVED));
    for _ in 0..count {
        items.push(read()?);
    }
    Ok(items)
}

fn split_unit(word: u32) -> (u8, u32) {
    ((word >> 24) as u8, word & 0x00FF_FFFF)
}

pub(super) fn write(pmu: &Pmu, out: &mut Vec<u8>) -> Result<(), C37118Error> {
    out.put_slice(&pmu.station.fixed());
    out.put_u16(pmu.id_code);
    out.put_u16(pmu.format.0);
    for count in ChannelCounts::of(pmu)? {
        out.put_u16(count);
    }
    let phasor_names = pmu.phasors.iter().map(|phasor| &phasor.name);
    let analog_names = pmu.analogs.iter().map(|analog| &analog.name);
    let digital_names = pmu.digitals.iter().flat_map(|word| &word.names);
    for name in phasor_names.chain(analog_names).chain(digital_names) {
        out.put_slice(&name.fixed());
    }
    for PhasorChannel { name, scale } in &pmu.phasors {
        let PhasorScale::Unit { code, factor } = *scale else { return Err(other_form(pmu, name, FORM)) };
        out.put_u32(u32::from(code) << 24 | factor & 0x00FF_FFFF);
    }
    for AnalogChannel { name, scale } in &pmu.analogs {
        let AnalogScale::Unit { code, factor } = *scale else { return Err(other_form(pmu, name, FORM)) };
        out.put_u32(u32::from(code) << 24 | factor.cast_unsigned() & 0x00FF_FFFF);
    }
    for word in &pmu.digitals {
        out.put_u16(word.normal);
        out.put_u16(word.valid);
    }
    out.put_u16(pmu.nominal_frequency.0);
    out.put_u16(pmu.change_count);
    Ok(())
}
