"""What a subscription asks for."""

from __future__ import annotations

import numpy as np

from libsttp.sttpapi.transport.constants import Defaults


class Settings:
    """Forms, times and pace of the measurements of a subscription."""

    DEFAULT_THROTTLED = Defaults.THROTTLED
    DEFAULT_PUBLISHINTERVAL = Defaults.PUBLISHINTERVAL
    DEFAULT_UDPPORT = Defaults.DATACHANNEL_LOCALPORT
    DEFAULT_UDPINTERFACE = Defaults.DATACHANNEL_INTERFACE
    DEFAULT_INCLUDETIME = Defaults.INCLUDETIME
    DEFAULT_ENABLE_TIME_REASONABILITY_CHECK = Defaults.ENABLE_TIME_REASONABILITY_CHECK
    DEFAULT_LAGTIME = Defaults.LAGTIME
    DEFAULT_LEADTIME = Defaults.LEADTIME
    DEFAULT_USE_LOCALCLOCK_AS_REALTIME = Defaults.USE_LOCALCLOCK_AS_REALTIME
    DEFAULT_USE_MILLISECONDRESOLUTION = Defaults.USE_MILLISECONDRESOLUTION
    DEFAULT_REQUEST_NANVALUEFILTER = Defaults.REQUEST_NANVALUEFILTER
    DEFAULT_STARTTIME = Defaults.STARTTIME
    DEFAULT_STOPTIME = Defaults.STOPTIME
    DEFAULT_CONSTRAINTPARAMETERS = Defaults.CONSTRAINTPARAMETERS
    DEFAULT_PROCESSINGINTERVAL = Defaults.PROCESSINGINTERVAL
    DEFAULT_EXTRA_CONNECTIONSTRING_PARAMETERS = Defaults.EXTRA_CONNECTIONSTRING_PARAMETERS

    def __init__(
        self,
        throttled: bool = DEFAULT_THROTTLED,
        publishinterval: float = DEFAULT_PUBLISHINTERVAL,
        udpport: np.uint16 = DEFAULT_UDPPORT,
        udpinterface: str = DEFAULT_UDPINTERFACE,
        includetime: bool = DEFAULT_INCLUDETIME,
        enabletimereasonabilitycheck: bool = DEFAULT_ENABLE_TIME_REASONABILITY_CHECK,
        lagtime: np.float64 = DEFAULT_LAGTIME,
        leadtime: np.float64 = DEFAULT_LEADTIME,
        uselocalclockasrealtime: bool = DEFAULT_USE_LOCALCLOCK_AS_REALTIME,
        usemillisecondresolution: bool = DEFAULT_USE_MILLISECONDRESOLUTION,
        requestnanvaluefilter: bool = DEFAULT_REQUEST_NANVALUEFILTER,
        starttime: str = DEFAULT_STARTTIME,
        stoptime: str = DEFAULT_STOPTIME,
        constraintparameters: str = DEFAULT_CONSTRAINTPARAMETERS,
        processinginterval: int | np.int32 = DEFAULT_PROCESSINGINTERVAL,
        extra_connectionstring_parameters: str = DEFAULT_EXTRA_CONNECTIONSTRING_PARAMETERS,
    ) -> None:
        self.throttled = throttled
        """Whether only the latest value of each signal comes, once in each publish interval."""
        self.publishinterval = publishinterval
        """That interval, in seconds."""
        self.udpport = udpport
        """Local port for measurements by UDP; 0 for TCP."""
        self.udpinterface = udpinterface
        """Local address for measurements by UDP; empty for all."""
        self.includetime = includetime
        """Whether measurements have times."""
        self.enabletimereasonabilitycheck = enabletimereasonabilitycheck
        """Whether times are checked by lag and lead time."""
        self.lagtime = lagtime
        """How far in the past a time is reasonable, in seconds."""
        self.leadtime = leadtime
        """How far in the future a time is reasonable, in seconds."""
        self.uselocalclockasrealtime = uselocalclockasrealtime
        """Whether the publisher's clock is the present, not the latest time of a measurement."""
        self.use_millisecondresolution = usemillisecondresolution
        """Whether times may be whole milliseconds, which makes packets smaller."""
        self.request_nanvaluefilter = requestnanvaluefilter
        """Whether values that are not a number are left out."""
        self.starttime = starttime
        """First time of historical data, as `*-20m`; empty for live data."""
        self.stoptime = stoptime
        """Last time of historical data."""
        self.constraintparameters = constraintparameters
        """Text for the source of historical data."""
        self.processinginterval = processinginterval
        """Pace of historical data in milliseconds: 0 for as fast as possible, -1 for the publisher's default."""
        self.extra_connectionstring_parameters = extra_connectionstring_parameters
        """Any other parameters of the subscription, as `key=value; other=value`."""
