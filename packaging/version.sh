#!/bin/sh
# Writes the project's version, which Cargo.toml has.
sed -n '/^\[workspace.package\]/,/^\[package\]/s/^version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml"
