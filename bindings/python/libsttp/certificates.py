"""Certificates for a first try of TLS."""

from __future__ import annotations

import os
from collections.abc import Sequence

from libsttp._library import bytes_of_text, check, library


def make_certificate(
    name: str,
    certificate: str | os.PathLike[str],
    private_key: str | os.PathLike[str],
    *,
    hosts: Sequence[str] = (),
    days: int = 365,
) -> None:
    """Makes a self-signed certificate and its private key, and writes both as PEM to files that do not exist yet.

    The certificate goes to the peers, who pin it (setting `remote_certificate`); the key can be read by its owner
    only, and stays. `hosts` are the names and addresses under which it is reached; where it is pinned they do not
    matter.
    """
    texts = (bytes_of_text(name), bytes_of_text(",".join(hosts)) if hosts else None)
    files = (bytes_of_text(os.fspath(certificate)), bytes_of_text(os.fspath(private_key)))
    check(library.sttp_make_certificate(*texts, days, *files))
