"""A subscriber that is connected to a publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from libsttp._records import Connection
from libsttp.errors import SttpError
from libsttp.sttpapi.transport.constants import ServerCommand, ServerResponse

if TYPE_CHECKING:
    from libsttp.publisher import Publisher


class SubscriberConnection:
    """A connection as it was when it was told of; equal to others of the same connection."""

    def __init__(self, publisher: Publisher, connection: Connection) -> None:
        self._publisher = publisher
        self._connection = connection

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubscriberConnection) and other._connection.id == self._connection.id

    def __hash__(self) -> int:
        return hash(self._connection.id)

    def _now(self) -> Connection | None:
        """The connection as it is now."""
        if self._publisher.closed:
            return None
        return next((one for one in self._publisher.connections() if one.id == self._connection.id), None)

    @property
    def connection_id(self) -> str:
        """Its address and port."""
        return self._connection.address

    @property
    def subscriber_id(self) -> UUID:
        """The ID that the publisher has given it."""
        return self._connection.subscriber_id

    @property
    def ipaddress(self) -> str:
        """Its address without the port."""
        return self._connection.address.rpartition(":")[0].strip("[]")

    hostname = ipaddress

    @property
    def is_connected(self) -> bool:
        """Whether it is connected now."""
        return self._now() is not None

    @property
    def is_subscribed(self) -> bool:
        """Whether measurements flow to it now."""
        now = self._now()
        return now is not None and now.subscribed

    @property
    def is_temporal_subscription(self) -> bool:
        """Whether it has asked for historical data."""
        now = self._now()
        return now is not None and now.asked is not None and now.asked.start_time_text != ""

    @property
    def version(self) -> np.byte:
        """The version of the protocol that it speaks."""
        return np.byte((self._now() or self._connection).protocol_version)

    @property
    def using_payload_compression(self) -> bool:
        """Whether its measurements are compressed."""
        now = self._now() or self._connection
        return now.granted is not None and now.granted.compressed

    def send_response(
        self,
        responsecode: ServerResponse,
        commandcode: ServerCommand,
        data: bytes | bytearray | None = None,
        message: str | None = None,
    ) -> bool:
        """Answers a user command: with a user response, or that it succeeded or failed. False when it has gone."""
        command = number_of(commandcode, ServerCommand.USERCOMMAND00)
        text = message if message is not None else bytes(data or b"").decode("utf-8", "replace")
        try:
            if responsecode == ServerResponse.SUCCEEDED:
                self._publisher.succeed_user_command(self._connection, command, text)
            elif responsecode == ServerResponse.FAILED:
                self._publisher.fail_user_command(self._connection, command, text)
            else:
                response = number_of(responsecode, ServerResponse.USERRESPONSE00)
                self._publisher.send_user_response(self._connection, command, bytes(data or b""), response=response)
        except SttpError:
            return False
        return True


def number_of(code: int, first: int) -> int:
    """The number, 0 to 15, of a user command or response."""
    if not first <= code <= first + 15:
        raise ValueError(f"{int(code):#x} is no user command or response: {first:#x} to {first + 15:#x} are")
    return int(code) - int(first)
