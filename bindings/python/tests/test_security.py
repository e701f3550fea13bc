"""TLS by certificates, and rights."""

from pathlib import Path

import libsttp
import pytest
from conftest import EVERYTHING, FREQUENCIES, PATIENCE, Told, values
from libsttp import AuditSubject


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    for name in ("publisher", "subscriber", "stranger"):
        libsttp.make_certificate(
            name, tmp_path / f"{name}.pem", tmp_path / f"{name}.key", hosts=["127.0.0.1"], days=2
        )
    return tmp_path


def secured(folder: Path, own: str, peer: str) -> dict[str, str]:
    return {
        "security_mode": "TLS",
        "local_certificate": str(folder / f"{own}.pem"),
        "local_private_key": str(folder / f"{own}.key"),
        "remote_certificate": str(folder / f"{peer}.pem"),
    }


def test_tls(metadata: libsttp.Metadata, certificates: Path) -> None:
    flowing = Told()
    with libsttp.Publisher(metadata, **secured(certificates, "publisher", "subscriber")) as publisher:
        publisher.on_subscribed(flowing)
        publisher.start("127.0.0.1:0")
        with libsttp.Subscriber(read_queue=1000, **secured(certificates, "subscriber", "publisher")) as subscriber:
            subscriber.subscribe(EVERYTHING)
            subscriber.connect(publisher.address)
            connection = flowing.next()
            assert connection.tls.subject == "CN=subscriber" and connection.tls.pinned
            assert subscriber.tls().subject == "CN=publisher"
            assert subscriber.tls().version == "TLS 1.3"
            publisher.publish(values(metadata))
            assert len(subscriber.read(PATIENCE)) == len(metadata.measurements)
        refused = Told()
        with libsttp.Subscriber(auto_reconnect=False, **secured(certificates, "stranger", "publisher")) as stranger:
            stranger.on_disconnected(refused)
            stranger.connect(publisher.address)
            reason, message = refused.next()
            assert reason != libsttp.Status.OK
            assert "certificate" in message
    with pytest.raises(libsttp.errors.IoError, match="publisher.pem"):
        libsttp.make_certificate("again", certificates / "publisher.pem", certificates / "again.key")


def test_rights(metadata: libsttp.Metadata) -> None:
    flowing, audit, received = Told(), Told(), Told()
    with libsttp.Publisher(metadata) as publisher, libsttp.Subscriber(read_queue=1000) as subscriber:

        @publisher.on_admit
        def admit(peer: libsttp.Peer, admission: libsttp.Admission) -> None:
            assert peer.address.startswith("127.0.0.1:") and peer.tls is None
            admission.grant("Control room", "signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false")

        publisher.on_audit(audit)
        publisher.on_subscribed(flowing)
        publisher.start("127.0.0.1:0")
        subscriber.on_metadata(received)
        subscriber.subscribe(EVERYTHING)
        subscriber.connect(publisher.address)
        connection = flowing.next()
        assert connection.rights == "Control room"
        publisher.publish(values(metadata))
        allowed = metadata.select(FREQUENCIES)
        assert sorted(libsttp.uuids(subscriber.read(PATIENCE))) == sorted(allowed)
        assert [one.signal_id for one in received.next().measurements] == allowed
        event = audit.until(lambda event: event.subject == AuditSubject.SUBSCRIPTION)
        assert event.accepted and event.name == "Control room" and event.peer.address == connection.address

        publisher.set_rights(connection, "Control room", "signals={ALLOW WHERE True}")
        with pytest.raises(libsttp.errors.InvalidArgumentError):
            publisher.set_rights(connection, "Control room", "signals={ALLOW WHERE}")
        publisher.on_admit(lambda peer, admission: admission.refuse("not today"))
        refused = Told()
        with libsttp.Subscriber(auto_reconnect=False) as second:
            second.on_disconnected(refused)
            second.connect(publisher.address)
            assert refused.next()[0] != libsttp.Status.OK
        assert "not today" in audit.until(lambda event: not event.accepted).reason


def test_rights_after_a_callback_error(metadata: libsttp.Metadata) -> None:
    """Neither a decision that fails nor a function that raises lets somebody in."""

    def raises(peer: libsttp.Peer, admission: libsttp.Admission) -> None:
        admission.grant("guest", "signals={ALLOW WHERE True}")
        raise ValueError("too late")

    def ignores(peer: libsttp.Peer, admission: libsttp.Admission) -> None:
        with pytest.raises(libsttp.errors.InvalidArgumentError):
            admission.grant("guest", "signls={ALLOW WHERE True}")

    def lets_pass(peer: libsttp.Peer, admission: libsttp.Admission) -> None:
        admission.grant("guest", "signls={ALLOW WHERE True}")

    def ignores_text(peer: libsttp.Peer, admission: libsttp.Admission) -> None:
        with pytest.raises(ValueError):
            admission.grant("guest", "signals={ALLOW WHERE True}\0")

    audit, errors = Told(), Told()
    with libsttp.Publisher(metadata) as publisher:
        publisher.callback_error = errors
        publisher.on_audit(audit)
        publisher.start("127.0.0.1:0")
        for decide, reason in (
            (raises, "the callback that decides has failed"),
            (ignores, "signls"),
            (lets_pass, "signls"),
            (ignores_text, "NUL"),
        ):
            publisher.on_admit(decide)
            refused = Told()
            with libsttp.Subscriber(auto_reconnect=False) as subscriber:
                subscriber.on_disconnected(refused)
                subscriber.connect(publisher.address)
                assert refused.next()[0] != libsttp.Status.OK
            event = audit.next()
            assert not event.accepted and "failed" in event.reason and reason in event.reason
        assert isinstance(errors.next(), ValueError)
        assert isinstance(errors.next(), libsttp.errors.InvalidArgumentError) and errors.empty()
