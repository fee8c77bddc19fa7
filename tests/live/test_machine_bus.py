"""The bus between the processes of one machine tells everyone once; what it loses is announced."""

from __future__ import annotations

from contextlib import closing

import pytest

from domain.readings import FreshReadings
from live.bus import Bus
from live.machine_bus import FOLDER, LARGEST_BYTES, MachineBus
from tests.live.ledger import run


def collect(bus: Bus) -> list:
    heard: list = []
    bus.subscribe(heard.append, lambda channels: heard.append(("gap", channels)))
    return heard


@pytest.fixture(params=["short", "long" * 40])
def buses(request, tmp_path):
    """Two processes' buses in one folder, also in one whose path no socket's address could hold."""
    buses = [MachineBus(tmp_path / request.param) for _ in range(2)]
    for bus in buses:
        bus.start()
    yield buses
    for bus in buses:
        bus.close()


class TestMachineBus:
    def test_the_own_process_hears_at_once_and_once_and_the_others_hear_too(self, buses, eventually):
        own, other = collect(buses[0]), collect(buses[1])
        buses[0].publish(run(1, 1, 3))
        assert own == [run(1, 1, 3)]
        eventually(lambda: other == [run(1, 1, 3)])
        buses[1].publish(run(1, 4, 4))
        eventually(lambda: own == [run(1, 1, 3), run(1, 4, 4)])

    def test_a_notice_reaches_every_process(self, buses, eventually):
        own, other = [], []
        buses[0].on_notice("key revoked", own.append)
        buses[1].on_notice("key revoked", other.append)
        buses[0].notice("key revoked", {"channel_id": 7})
        assert own == [{"channel_id": 7}]
        eventually(lambda: other == [{"channel_id": 7}])

    def test_a_batch_too_large_for_a_datagram_is_announced_as_a_gap(self, buses, eventually):
        other = collect(buses[1])
        buses[0].publish(FreshReadings(7, 1, 1, 5, ((2, 9, None, "x" * LARGEST_BYTES),)))
        eventually(lambda: other == [("gap", frozenset({7}))])

    def test_whoever_is_too_slow_is_told_of_the_gap_although_nothing_follows(self, tmp_path, eventually):
        """The other listens only after more was said than its socket holds."""
        speaker, deaf = MachineBus(tmp_path), MachineBus(tmp_path)
        deaf._listen = lambda: None
        with closing(speaker), closing(deaf):
            for bus in (speaker, deaf):
                bus.start()
            deaf._ears.settimeout(20)
            other = collect(deaf)
            for number in range(1, 1000):
                speaker.publish(run(7, number, number))
            eventually(lambda: speaker._lost)
            while ("gap", frozenset({7})) not in other:
                deaf._pass_on(deaf._ears.recv(2 * LARGEST_BYTES))
            assert other[0] == run(7, 1, 1)

    def test_a_burst_reaches_who_listens_whole(self, buses, eventually):
        other = collect(buses[1])
        for number in range(1, 2000):
            buses[0].publish(run(7, number, number))
        eventually(lambda: len(other) == 1999)
        assert other == [run(7, number, number) for number in range(1, 2000)]

    def test_what_a_killed_process_left_behind_is_cleared_away(self, buses, eventually):
        folder = buses[0]._folder
        buses[1]._stopping.set()
        for thread in buses[1]._threads:
            thread.join(5)
        buses[1]._ears.close()
        buses[0].publish(run(1, 1, 1))
        eventually(lambda: [each.name for each in folder.iterdir()] == [buses[0]._origin])

    def test_nobody_else_may_open_its_folder(self, buses):
        assert buses[0]._folder.name == FOLDER
        assert buses[0]._folder.stat().st_mode & 0o077 == 0

    def test_where_no_socket_can_be_it_goes_on_alone(self, tmp_path, caplog):
        (tmp_path / "file").write_text("no folder")
        bus = MachineBus(tmp_path / "file")
        heard = collect(bus)
        bus.start()
        bus.publish(run(1, 1, 1))
        bus.close()
        assert heard == [run(1, 1, 1)]
        assert "neither heard nor told" in caplog.text

    def test_who_is_alone_says_nothing(self, tmp_path):
        bus = MachineBus(tmp_path)
        heard = collect(bus)
        bus.publish(run(1, 1, 1))
        assert heard == [run(1, 1, 1)]
        assert not list(tmp_path.iterdir())
