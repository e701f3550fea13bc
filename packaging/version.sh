#!/bin/sh
# Writes the project's version, which Cargo.toml has.
sed -n '/^\[package\]/,/^\[lib\]/s/^version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml"
