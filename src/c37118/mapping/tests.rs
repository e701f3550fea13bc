use super::super::configuration::{ConfigurationForm, sample};
use super::*;
use crate::Ticks;
use crate::metadata::Metadata;

fn input(name: &str, configuration: &Configuration) -> Input {
    Input {
        name: name.to_owned(),
        device_prefix: format!("{name} "),
        company: "GPA".into(),
        vendor: "ABB".into(),
        configuration: Arc::new(configuration.clone()),
    }
}

#[test]
fn rows_of_other_inputs_and_of_the_same_names_stay() {
    let before = sample(ConfigurationForm::Cfg2);
    let mapping = Mapping::new(vec![input("North", &before), input("South", &before)]).unwrap();
    let ids = mapping.signal_ids();
    let mut after = before.clone();
    let removed = after.pmus[0].digitals.pop();
    let more = after.pmus[1].phasors[0].clone();
    after.pmus[1].phasors.push(more);
    let changed = mapping.changed(vec![input("North", &after), input("South", &before)]).unwrap();
    let changed_ids = changed.signal_ids();
    assert_eq!(changed_ids[..ids.len()], ids, "every row is still that of its signal");
    assert_eq!(changed_ids.len(), ids.len() + 2, "magnitude and angle are new");
    let metadata = Metadata::new(changed.data_set("PMU", Ticks::UNIX_EPOCH).unwrap());
    let gone: Vec<_> = metadata.measurements().filter(|one| one.enabled() == Some(false)).collect();
    let references: Vec<_> = gone.iter().filter_map(|one| one.signal_reference()).collect();
    assert_eq!(references, ["NORTH_SHELBY_1-DV1"]);
    assert_eq!(metadata.active_measurements().table().row_count(), ids.len() + 1);
    after.pmus[0].digitals.extend(removed);
    let back = changed.changed(vec![input("North", &after), input("South", &before)]).unwrap();
    assert_eq!(back.signal_ids(), changed_ids, "what comes back has its row again");
    assert!(back.rows.iter().all(|row| row.is_used));
}

#[test]
fn names_alone_make_signal_ids() {
    let configuration = sample(ConfigurationForm::Cfg2);
    let one = Mapping::new(vec![input("North", &configuration), input("South", &configuration)]).unwrap();
    let other = Mapping::new(vec![input("South", &configuration), input("North", &configuration)]).unwrap();
    let sorted = |mapping: &Mapping| {
        let mut ids = mapping.signal_ids();
        ids.sort();
        ids
    };
    assert_eq!(sorted(&one), sorted(&other));
    assert_ne!(one.signal_ids(), other.signal_ids());
}

#[test]
fn names_without_end_do_not_grow_without_end() {
    let mut configuration = sample(ConfigurationForm::Cfg2);
    configuration.pmus.truncate(1);
    let mut mapping = Mapping::new(vec![input("PDC", &configuration)]).unwrap();
    let used = mapping.rows.len();
    for number in 0..2_000 {
        configuration.pmus[0].station = super::super::Name::new(&format!("STATION {number}"));
        mapping = mapping.changed(vec![input("PDC", &configuration)]).unwrap();
        assert!(mapping.rows.len() <= 2 * used + MOST_UNUSED);
    }
}
