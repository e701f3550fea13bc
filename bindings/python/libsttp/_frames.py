"""Metadata and measurements as DataFrames, for programs that have pandas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from libsttp._constants import ValueType
from libsttp.measurements import to_datetime64, uuids

if TYPE_CHECKING:
    from libsttp.metadata import Metadata, Table


pd: Any = import_module("pandas")


def table_frame(table: Table) -> Any:
    frame = pd.DataFrame(list(table), columns=list(table.columns))
    for name, kind in table.columns.items():
        if kind == ValueType.DATETIME:
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def measurements_frame(batch: npt.NDArray[Any], metadata: Metadata | None) -> Any:
    # Each signal is looked up once, however many measurements it has.
    ids, rows = np.unique(np.ascontiguousarray(batch["signal_id"]).view("S16"), return_inverse=True)
    signals = uuids(ids.view("V16"))
    columns: dict[str, Any] = {
        "time": pd.to_datetime(to_datetime64(batch), utc=True),
        "signal_id": pd.Categorical.from_codes(rows, categories=signals),
        "value": batch["value"].copy(),
        "flags": batch["flags"].copy(),
    }
    if metadata is not None:
        places = [metadata.find_measurement(signal) for signal in signals]
        found = [None if place is None else metadata.measurements[place] for place in places]
        columns["point_tag"] = np.array([one.point_tag if one else None for one in found], object)[rows]
        columns["signal_type"] = np.array([one.signal_type if one else None for one in found], object)[rows]
    return pd.DataFrame(columns)
