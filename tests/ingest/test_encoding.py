"""Packed bodies and their limits."""

from __future__ import annotations

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Malformed, TooLarge, UnsupportedMedia
from ingest.encoding import unpack

BODY = b'{"temperature": 21.4}' * 10
LIMIT_BYTES = 1000


class TestUnpack:
    @pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
    def test_a_plain_body_stays_as_it_is(self, encoding):
        assert unpack(BODY, encoding, LIMIT_BYTES) == BODY

    @pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
    def test_gzip_is_unpacked(self, encoding):
        assert unpack(gzip.compress(BODY), encoding, LIMIT_BYTES) == BODY

    def test_gzip_of_several_members_is_joined(self):
        assert unpack(gzip.compress(BODY) + gzip.compress(b"more"), "gzip", LIMIT_BYTES) == BODY + b"more"

    def test_a_body_of_just_the_limit_passes(self):
        body = b"x" * LIMIT_BYTES
        assert unpack(body, None, LIMIT_BYTES) == unpack(gzip.compress(body), "gzip", LIMIT_BYTES) == body

    @pytest.mark.parametrize(
        ("body", "encoding"),
        [
            pytest.param(b"x" * (LIMIT_BYTES + 1), None, id="plain"),
            pytest.param(gzip.compress(b"x" * (LIMIT_BYTES + 1)), "gzip", id="packed"),
            pytest.param(gzip.compress(b"\0" * 10_000_000)[:LIMIT_BYTES], "gzip", id="bomb"),
            pytest.param(gzip.compress(b"x" * 600) + gzip.compress(b"x" * 600), "gzip", id="two members"),
        ],
    )
    def test_more_than_the_limit_is_refused(self, body, encoding):
        with pytest.raises(TooLarge, match="1000 bytes"):
            unpack(body, encoding, LIMIT_BYTES)

    def test_gzip_of_very_many_members_is_refused(self):
        with pytest.raises(TooLarge, match="100 members"):
            unpack(gzip.compress(b"") * 101, "gzip", 10 * LIMIT_BYTES)

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (BODY, "damaged"),
            (b"", "too early"),
            (gzip.compress(BODY)[:-5], "too early"),
            (gzip.compress(BODY)[:20] + b"\0" * 30, "damaged"),
            (gzip.compress(BODY) + b"rest", "damaged"),
        ],
    )
    def test_damaged_gzip_is_refused(self, body, detail):
        with pytest.raises(Malformed, match=detail):
            unpack(body, "gzip", LIMIT_BYTES)

    @pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
    def test_other_encodings_are_refused_and_told_what_is_taken(self, encoding):
        with pytest.raises(UnsupportedMedia) as caught:
            unpack(BODY, encoding, LIMIT_BYTES)
        assert "gzip" in caught.value.headers["Accept-Encoding"]

    @given(st.binary(max_size=200), st.booleans())
    def test_any_bytes_are_unpacked_or_refused(self, body, is_headed):
        with suppress(Malformed, TooLarge):
            assert len(unpack((b"\x1f\x8b\x08\0" if is_headed else b"") + body, "gzip", LIMIT_BYTES)) <= LIMIT_BYTES
