"""Block links: a side at either end, a file, and links out of one publisher into another one."""

from pathlib import Path

import libsttp
import numpy as np
import pytest
from conftest import EVERYTHING, PATIENCE, Told, values, wait_for
from libsttp import block_links
from libsttp.block_links import BlockLinkAnswer, BlockLinkForm, BlockLinkLevels, BlockLinkRole, BlockLinkState
from libsttp.errors import InvalidArgumentError, InvalidStateError


class Collected:
    """Batches, as one array."""

    def __init__(self) -> None:
        self._batches: list[libsttp.Batch] = []

    def __call__(self, batch: libsttp.Batch) -> None:
        self._batches.append(batch)

    def all(self) -> libsttp.Batch:
        return np.concatenate([libsttp.empty_measurements(0), *self._batches])


def same(left: libsttp.Batch, right: libsttp.Batch) -> bool:
    fields = ("signal_id", "timestamp", "value", "flags")
    return len(left) == len(right) and all((left[name] == right[name]).all() for name in fields)


def test_block_links(metadata: libsttp.Metadata) -> None:
    """By TCP: what is wanted comes, and both sides know of each other."""
    with pytest.raises(InvalidArgumentError, match="give "):
        block_links.Link(BlockLinkRole.SERVER, "link=http:pdc:80")
    with pytest.raises(TypeError, match="there is no setting 'lonk'"):
        block_links.Link(BlockLinkRole.SERVER, lonk="tcp:pdc:1")  # type: ignore[call-arg]
    subscribed, answered, told, closed, got = Told(), Told(), Told(), Told(), Collected()
    with block_links.Link(BlockLinkRole.SERVER, link="tcp-listen:127.0.0.1:0", repeat_interval=2.5) as sender:
        assert sender.settings.repeat_interval == 2.5 and sender.state.state == BlockLinkState.CLOSED
        with pytest.raises(AttributeError, match="only be read"):
            sender.settings.repeat_interval = 3
        with pytest.raises(InvalidStateError):
            _ = sender.agreed
        sender.on_subscribed(subscribed)
        sender.set_metadata(metadata)
        sender.open()
        with block_links.Link(BlockLinkRole.CLIENT, f"link=tcp:{sender.address}") as receiver:
            receiver.on_answered(answered)
            receiver.on_metadata(lambda _, one: told(len(one.measurements)))
            receiver.on_measurements(got)
            receiver.on_closed(closed)
            receiver.subscribe()
            receiver.open()
            assert answered.next()[:3] == (0, BlockLinkAnswer.ACCEPTED, 6)
            assert told.next() == 6 and subscribed.next() == (0, 6, "")
            sent = np.concatenate([values(metadata, start) for start in range(20)])
            sender.publish(sent)
            sender.flush(PATIENCE)
            wait_for(lambda: len(got.all()) == len(sent))
            assert same(got.all(), sent)
            agreed = receiver.agreed
            assert (agreed.peer, agreed.blocks) == (BlockLinkRole.SERVER, BlockLinkForm.COMPACT_BLOCKS)
            assert BlockLinkLevels.GATEWAY in agreed.levels and not agreed.is_encrypted

            receiver.subscribe("FILTER (")
            assert answered.next()[1] == BlockLinkAnswer.BAD_FILTER
            receiver.subscribe("FILTER ActiveMeasurements WHERE SignalType = 'FREQ'")
            assert answered.next()[:3] == (0, BlockLinkAnswer.ACCEPTED, 2)
            sender.publish(sent[:6])
            sender.flush(PATIENCE)
            wait_for(lambda: len(got.all()) == len(sent) + 2)
            receiver.unsubscribe()
            assert subscribed.until(lambda _, signals, filter: filter is None)[1] == 0
            link, session = receiver.statistics()
            assert (link.openings, session.points_received) == (1, len(sent) + 2)
            receiver.disconnect()
            assert closed.next()[1] == libsttp.Status.OK
        with pytest.raises(ValueError, match="contiguous"):
            sender.publish(sent[::2])


def test_a_file(metadata: libsttp.Metadata, tmp_path: Path) -> None:
    """What one side writes another one reads."""
    written, read, got = Told(), Told(), Collected()
    sent = np.concatenate([values(metadata, start) for start in range(50)])
    with block_links.Link(BlockLinkRole.SERVER, link=f"file:{tmp_path / 'frames'}") as sender:
        sender.on_closed(written)
        sender.set_metadata(metadata)
        sender.open()
        sender.publish(sent)
        sender.flush(PATIENCE)
        sender.disconnect()
        assert written.next()[1] == libsttp.Status.OK
    with libsttp.Engine() as engine, block_links.Link(
        BlockLinkRole.CLIENT, link=f"file:{tmp_path / 'frames'}", engine=engine
    ) as receiver:
        receiver.on_measurements(got)
        receiver.on_closed(read)
        receiver.open()
        assert read.next()[1] == libsttp.Status.OK
        assert same(got.all(), sent)


def test_out_and_in_again(metadata: libsttp.Metadata, publisher: libsttp.Publisher) -> None:
    """Measurements of a publisher come out of another one, with a link in between."""
    told, got = Told(), Collected()
    with block_links.Output(repeat_interval=1) as output, libsttp.Publisher() as again:
        assert output.settings.repeat_interval == 1
        out = output.add(link="tcp-listen:127.0.0.1:0")
        output.open(f"server={publisher.address}")
        again.start("127.0.0.1:0")
        with block_links.Input(again) as back, libsttp.Subscriber() as subscriber:
            back.on_metadata(told)
            number = back.add(f"link=tcp:{output.address(out)}")
            assert (back.links, output.links) == ([number], [out])
            assert told.next()[0] == number
            subscriber.on_measurements(got)
            subscriber.subscribe(EVERYTHING)
            subscriber.connect(again.address)

            def came() -> bool:
                publisher.publish(values(metadata))
                return len(got.all()) >= 60

            wait_for(came)
            assert back.state(number).state == output.state(out).state == BlockLinkState.RUNNING
            assert back.agreed(number).peer == BlockLinkRole.SERVER
            published, link, session = back.statistics(number)
            assert published.measurements_published > 0 and link.openings == 1 and session.points_received >= 60
            assert output.statistics(out)[0] == 0
            assert output.subscription_statistics().measurements >= 60
            back.remove(number)
            with pytest.raises(LookupError):
                back.statistics(number)
