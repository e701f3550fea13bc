//! Rights files: sections of `key = value`, read strictly.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{RightsError, RightsProblem};
use super::grant::Grant;
use super::known::{Rights, Subscriber};
use crate::settings::{PeerSettings, RightsSection, RightsSettings};

/// Bytes of a file.
const LONGEST: usize = 32 << 20;
/// Characters of a line that an error repeats.
const SHOWN: usize = 60;
/// The keys of a group.
const OF_GROUPS: &[&str] = &["signals", "allow", "deny"];
/// The keys that tell who a subscriber is.
const OF_PEERS: &[&str] = &["certificate", "subject", "addresses"];

impl Rights {
    /// Reads a rights file.
    ///
    /// # Errors
    ///
    /// [`RightsError`]: the file and the line, what is wrong there, and what to write.
    pub fn load(path: &Path) -> Result<Rights, RightsError> {
        let name = path.display().to_string();
        let whole = |problem| RightsError { file: name.clone(), line: None, problem };
        let unreadable = |error: std::io::Error| whole(RightsProblem::Unreadable(error.to_string()));
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Rights::parse(text, &name),
            Err(error) => {
                let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
                Err(RightsError { file: name, line: Some(line), problem: RightsProblem::NotText })
            }
        }
    }

    /// Reads what a rights file says; `name` is what errors call the file.
    ///
    /// # Errors
    ///
    /// [`RightsError`], as [`load`](Self::load).
    pub fn parse(text: &str, name: &str) -> Result<Rights, RightsError> {
        if text.len() > LONGEST {
            let problem = RightsProblem::TooLong(LONGEST);
            return Err(RightsError { file: name.to_owned(), line: None, problem });
        }
        let sections = sections(text).and_then(|sections| rights(&sections));
        sections.map_err(|(line, problem)| RightsError { file: name.to_owned(), line: Some(line), problem })
    }
}

/// A line, and what is wrong there.
type Wrong = (usize, RightsProblem);

/// Whom a section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom<'t> {
    Subscriber(&'t str),
    Group(&'t str),
    Others,
}

struct Section<'t> {
    whom: Whom<'t>,
    line: usize,
    /// Its keys, and the lines that they begin in.
    keys: Vec<(&'t str, usize)>,
    settings: RightsSection,
}

impl Whom<'_> {
    fn read(line: &str) -> Option<Whom<'_>> {
        let inside = line.strip_prefix('[')?.strip_suffix(']')?.trim();
        if inside.eq_ignore_ascii_case("others") {
            return Some(Whom::Others);
        }
        let (kind, name) = inside.split_once(char::is_whitespace)?;
        let name = name.trim();
        if kind.eq_ignore_ascii_case("subscriber") {
            Some(Whom::Subscriber(name))
        } else if kind.eq_ignore_ascii_case("group") && !name.contains(',') {
            Some(Whom::Group(name))
        } else {
            None
        }
    }

    /// As it is written in the file.
    fn written(self) -> String {
        match self {
            Whom::Subscriber(name) => format!("[subscriber {name}]"),
            Whom::Group(name) => format!("[group {name}]"),
            Whom::Others => "[others]".to_owned(),
        }
    }
}

impl<'t> Section<'t> {
    fn new(whom: Whom<'t>, line: usize) -> Section<'t> {
        Section { whom, line, keys: Vec::new(), settings: RightsSection::default() }
    }

    fn set(&mut self, entry: Entry<'t>) -> Result<(), Wrong> {
        let Entry { key, value, line } = entry;
        let wrong = |problem| (line, problem);
        if let Some(first) = self.line_of(key) {
            return Err(wrong(RightsProblem::RepeatedKey { key: key.to_owned(), first }));
        }
        self.settings.set(key, Some(&value)).map_err(|error| wrong(error.into()))?;
        self.check_place(key).map_err(wrong)?;
        self.keys.push((key, line));
        Ok(())
    }

    fn check_place(&self, key: &str) -> Result<(), RightsProblem> {
        let is_one_of = |keys: &[&str]| keys.iter().any(|known| known.eq_ignore_ascii_case(key));
        let (section, why) = match self.whom {
            Whom::Group(_) if !is_one_of(OF_GROUPS) => ("a group", "it only has signals, allow and deny"),
            Whom::Others if is_one_of(OF_PEERS) => {
                ("[others]", "it is everybody whom no other section knows")
            }
            _ => return Ok(()),
        };
        Err(RightsProblem::Misplaced { section, key: key.to_owned(), why })
    }

    /// The line of a key, if the section has it.
    fn line_of(&self, key: &str) -> Option<usize> {
        self.keys.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, line)| *line)
    }

    /// What is granted to whom the section is about.
    fn grant(&self, name: &str, groups: &[Section<'_>]) -> Result<Arc<Grant>, Wrong> {
        if !["signals", "allow", "deny", "groups"].iter().any(|key| self.line_of(key).is_some()) {
            return Err((self.line, RightsProblem::NoSignals(self.whom.written())));
        }
        let written = self.settings.groups.split(',').map(str::trim).filter(|group| !group.is_empty());
        let group = |name: &str| {
            let is_it = |section: &&Section<'_>| section.whom == Whom::Group(name);
            let found = groups.iter().find(is_it).map(|section| &section.settings.rights);
            found.ok_or_else(|| {
                (self.line_of("groups").unwrap_or(self.line), RightsProblem::NoGroup(name.to_owned()))
            })
        };
        let groups: Vec<&RightsSettings> = written.map(group).collect::<Result<_, _>>()?;
        let grant = Grant::in_groups(name, self.settings.rights.clone(), &groups);
        grant.map(Arc::new).map_err(|error| (self.line_of(error.key()).unwrap_or(self.line), error.into()))
    }
}

/// A key and its value, which may go on in further lines.
struct Entry<'t> {
    key: &'t str,
    value: String,
    line: usize,
}

fn sections(text: &str) -> Result<Vec<Section<'_>>, Wrong> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut open: Option<Entry<'_>> = None;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (line, written) in (1..).zip(text.lines()) {
        let shown = written.trim();
        if shown.is_empty() || shown.starts_with('#') {
            continue;
        }
        if written.starts_with([' ', '\t'])
            && let Some(entry) = &mut open
        {
            entry.value.push('\n');
            entry.value.push_str(shown);
            continue;
        }
        finish(open.take(), &mut sections)?;
        if shown.starts_with('[') {
            let section = || RightsProblem::Section(beginning(shown));
            let whom = Whom::read(shown).ok_or_else(|| (line, section()))?;
            if let Some(other) = sections.iter().find(|section| section.whom == whom) {
                let problem = RightsProblem::RepeatedSection { section: whom.written(), first: other.line };
                return Err((line, problem));
            }
            sections.push(Section::new(whom, line));
        } else {
            let (key, value) =
                shown.split_once('=').ok_or_else(|| (line, RightsProblem::NoValue(beginning(shown))))?;
            open = Some(Entry { key: key.trim(), value: value.trim().to_owned(), line });
        }
    }
    finish(open, &mut sections)?;
    Ok(sections)
}

/// Sets what an entry says, now that all its lines are known.
fn finish<'t>(entry: Option<Entry<'t>>, sections: &mut [Section<'t>]) -> Result<(), Wrong> {
    let Some(entry) = entry else { return Ok(()) };
    match sections.last_mut() {
        Some(section) => section.set(entry),
        None => Err((entry.line, RightsProblem::NoSection)),
    }
}

fn rights(sections: &[Section<'_>]) -> Result<Rights, Wrong> {
    if sections.is_empty() {
        return Err((1, RightsProblem::Empty));
    }
    let mut rights = Rights::default();
    let groups = |section: &&Section<'_>| matches!(section.whom, Whom::Group(_));
    // A group that nobody is in is read too: its mistakes would be found when somebody is.
    for section in sections.iter().filter(groups) {
        section.grant("", sections)?;
    }
    for section in sections {
        match section.whom {
            Whom::Group(_) => {}
            Whom::Others => rights.others = Some(section.grant("others", sections)?),
            Whom::Subscriber(name) => {
                let known = section.settings.peer.clone();
                if known == PeerSettings::default() {
                    return Err((section.line, RightsProblem::Unknown(section.whom.written())));
                }
                rights.subscribers.push(Subscriber { known, grant: section.grant(name, sections)? });
            }
        }
    }
    Ok(rights)
}

fn beginning(line: &str) -> String {
    let mut characters = line.chars();
    let beginning: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() { beginning + "…" } else { beginning }
}
