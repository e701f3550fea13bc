"""Generates the parts of the bindings that repeat what the header and the tables of the library say."""
