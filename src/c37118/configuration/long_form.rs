//! A PMU in CFG-3.

use bytes::BufMut;

use crate::wire::{Reader, Truncated};

use super::super::error::C37118Error;
use super::{
    AnalogChannel, AnalogScale, ChannelCounts, DigitalWord, Format, MOST_RESERVED, Name, NominalFrequency,
    PhasorChannel, PhasorScale, Pmu, PmuDetails, other_form,
};

const FORM: &str = "CFG-3 (Full)";

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Pmu, Truncated> {
    let station = read_name(reader)?;
    let id_code = reader.u16("IDCODE of a PMU")?;
    let global_id = *reader.array("G_PMU_ID")?;
    let format = Format(reader.u16("FORMAT")?);
    let counts = ChannelCounts::read(reader)?;
    // All names come before all scales.
    let phasor_names = read_names(reader, counts.phasors)?;
    let analog_names = read_names(reader, counts.analogs)?;
    let mut digital_names = Vec::with_capacity(counts.digitals.min(MOST_RESERVED));
    for _ in 0..counts.digitals {
        let mut names = <[Name; 16]>::default();
        for name in &mut names {
            *name = read_name(reader)?;
        }
        digital_names.push(names);
    }
    let mut phasors = Vec::with_capacity(phasor_names.len());
    for name in phasor_names {
        let scale = PhasorScale::Full {
            flags: reader.u16("PHSCALE")?,
            code: reader.u8("PHSCALE")?,
            user: reader.u8("PHSCALE")?,
            factor: read_float(reader, "PHSCALE")?,
            angle_offset: read_float(reader, "PHSCALE")?,
        };
        phasors.push(PhasorChannel { name, scale });
    }
    let mut analogs = Vec::with_capacity(analog_names.len());
    for name in analog_names {
        let scale = AnalogScale::Full {
            factor: read_float(reader, "ANSCALE")?,
            offset: read_float(reader, "ANSCALE")?,
        };
        analogs.push(AnalogChannel { name, scale });
    }
    let mut digitals = Vec::with_capacity(digital_names.len());
    for names in digital_names {
        digitals.push(DigitalWord { names, normal: reader.u16("DIGUNIT")?, valid: reader.u16("DIGUNIT")? });
    }
    let details = PmuDetails {
        global_id,
        latitude: read_float(reader, "PMU_LAT")?,
        longitude: read_float(reader, "PMU_LON")?,
        elevation: read_float(reader, "PMU_ELEV")?,
        service_class: reader.u8("SVC_CLASS")?,
        window: reader.i32("WINDOW")?,
        group_delay: reader.i32("GRP_DLY")?,
    };
    Ok(Pmu {
        station,
        id_code,
        format,
        phasors,
        analogs,
        digitals,
        nominal_frequency: NominalFrequency(reader.u16("FNOM")?),
        change_count: reader.u16("CFGCNT")?,
        details: Some(details),
    })
}

fn read_name(reader: &mut Reader<'_>) -> Result<Name, Truncated> {
    let length = usize::from(reader.u8("length of a name")?);
    reader.bytes("name", length).map(Name::from_bytes)
}

fn read_names(reader: &mut Reader<'_>, count: usize) -> Result<Vec<Name>, Truncated> {
    let mut names = Vec::with_capacity(count.min(MOST_RESERVED));
    for _ in 0..count {
        names.push(read_name(reader)?);
    }
    Ok(names)
}

fn read_float(reader: &mut Reader<'_>, field: &'static str) -> Result<f32, Truncated> {
    reader.u32(field).map(f32::from_bits)
}

pub(super) fn write(pmu: &Pmu, out: &mut Vec<u8>) -> Result<(), C37118Error> {
    let details = pmu.details.unwrap_or_default();
    pmu.station.write_counted(out);
    out.put_u16(pmu.id_code);
    out.put_slice(&details.global_id);
    out.put_u16(pmu.format.0);
    for count in ChannelCounts::of(pmu)? {
        out.put_u16(count);
    }
    let phasor_names = pmu.phasors.iter().map(|phasor| &phasor.name);
    let analog_names = pmu.analogs.iter().map(|analog| &analog.name);
    let digital_names = pmu.digitals.iter().flat_map(|word| &word.names);
    for name in phasor_names.chain(analog_names).chain(digital_names) {
        name.write_counted(out);
    }
    for PhasorChannel { name, scale } in &pmu.phasors {
        let PhasorScale::Full { flags, code, user, factor, angle_offset } = *scale else {
            return Err(other_form(pmu, name, FORM));
        };
        out.put_u16(flags);
        out.put_u8(code);
        out.put_u8(user);
        out.put_u32(factor.to_bits());
        out.put_u32(angle_offset.to_bits());
    }
    for AnalogChannel { name, scale } in &pmu.analogs {
        let AnalogScale::Full { factor, offset } = *scale else { return Err(other_form(pmu, name, FORM)) };
        out.put_u32(factor.to_bits());
        out.put_u32(offset.to_bits());
    }
    for word in &pmu.digitals {
        out.put_u16(word.normal);
        out.put_u16(word.valid);
    }
    for place in [details.latitude, details.longitude, details.elevation] {
        out.put_u32(place.to_bits());
    }
    out.put_u8(details.service_class);
    out.put_i32(details.window);
    out.put_i32(details.group_delay);
    out.put_u16(pmu.nominal_frequency.0);
    out.put_u16(pmu.change_count);
    Ok(())
}
