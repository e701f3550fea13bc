//! The demonstration, `tools/demo_nats.sh`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::Folder;
use crate::support::nats;
use crate::write;

#[test]
fn it_says_what_could_not_be_started() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("demonstration");
    let publisher = write(&folder.0, "sttp-publish", "#!/bin/sh\necho no such library >&2\nexit 7\n");
    fs::set_permissions(publisher, Permissions::from_mode(0o755)).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/demo_nats.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(&folder.0).arg(env!("CARGO_BIN_EXE_sttp-nats"));
    let done = command.output().unwrap();
    let told = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{told}");
    assert_eq!(told, "publish has ended, with exit code 7:\nno such library\n");
}
