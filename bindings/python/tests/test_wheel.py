"""What the wheel has beside the modules."""

import importlib.resources
import re


def test_licences_of_what_is_compiled_in_come_with_it() -> None:
    text = (importlib.resources.files("libsttp") / "licences-of-crates.txt").read_text(encoding="utf-8")
    for crate in ("ring", "rustls-webpki", "mio"):
        assert re.search(rf"^Of (.*, )?{crate} [0-9]", text, re.MULTILINE)
