"""Network addresses: who asks behind proxies, and which addresses count as one."""

from __future__ import annotations

import pytest

from domain.network_addresses import counted_as, proxies_from

NEAR = proxies_from("127.0.0.1,::1")
TWO = proxies_from("127.0.0.1 10.0.0.0/8")
ALL = proxies_from("*")


class TestAsker:
    @pytest.mark.parametrize(
        ("proxies", "peer", "said", "asker"),
        [
            (NEAR, "127.0.0.1", "203.0.113.7", "203.0.113.7"),
            (NEAR, "::1", "2001:db8::7", "2001:db8::7"),
            (NEAR, "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
            (NEAR, "127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            (TWO, "127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
            (TWO, "127.0.0.1", "10.1.2.3", "10.1.2.3"),
            (ALL, "172.16.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ],
    )
    def test_it_is_whom_the_last_of_our_proxies_names(self, proxies, peer, said, asker):
        assert proxies.asker(peer, said) == asker

    @pytest.mark.parametrize(
        ("proxies", "peer", "said"),
        [
            (NEAR, "203.0.113.7", "127.0.0.1"),
            (NEAR, "203.0.113.7", "198.51.100.1"),
            (NEAR, "127.0.0.1", ""),
            (NEAR, "127.0.0.1", "unknown"),
            (NEAR, "127.0.0.1", "203.0.113.7, <script>"),
            (NEAR, "", "203.0.113.7"),
        ],
    )
    def test_nobody_else_is_believed_and_nonsense_neither(self, proxies, peer, said):
        assert proxies.asker(peer, said) == peer

    @pytest.mark.parametrize("written", ["proxy.example.edu", "10.0.0.1/8", "*,127.0.0.1"])
    def test_what_names_no_proxies_is_refused(self, written):
        with pytest.raises(ValueError, match=r"does not appear|has host bits"):
            proxies_from(written)


class TestCountedAs:
    def test_an_address_counts_as_itself(self):
        assert counted_as("203.0.113.7") == "203.0.113.7"

    def test_however_it_is_written(self):
        assert counted_as("::ffff:203.0.113.7") == "203.0.113.7"

    def test_the_addresses_of_a_house_are_one(self):
        assert counted_as("2001:db8:1:2:3::4") == counted_as("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
        assert counted_as("2001:db8:1:3::4") != counted_as("2001:db8:1:2::4")

    def test_what_is_none_is_one_all_the_same(self):
        assert counted_as("") == ""
