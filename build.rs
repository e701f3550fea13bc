//! Gives the shared library its soname. The version in `Cargo.toml` is the one place that decides it.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let major = env::var("CARGO_PKG_VERSION_MAJOR").expect("cargo sets the version");
    let system = env::var("CARGO_CFG_TARGET_OS").expect("cargo sets the target");
    match system.as_str() {
        "windows" => {}
        "macos" => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libsttp.{major}.dylib"),
        _ => println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsttp.so.{major}"),
    }
}
