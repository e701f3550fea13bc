"""Kinds of signals."""

from __future__ import annotations

from enum import IntEnum


class SignalType(IntEnum):
    """What a signal measures, as `SignalAcronym` of the metadata says."""

    IPHM = 1
    IPHA = 2
    VPHM = 3
    VPHA = 4
    FREQ = 5
    DFDT = 6
    ALOG = 7
    FLAG = 8
    DIGI = 9
    CALC = 10
    STAT = 11
    ALRM = 12
    QUAL = 13
    IPOW = 14
    VPOW = 15
    UNKN = -1

    @property
    def acronym(self) -> str:
        """Its four letters."""
        return self.name

    @classmethod
    def parse(cls, name: str) -> SignalType:
        """The kind of these four letters; UNKN when there is none."""
        return cls.__members__.get(name.upper(), cls.UNKN)
