"""What to type in a terminal, for each thing that can be asked."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from domain.interface import Entry, Needs, Parameter, Reader

READER = Reader("http://lab.example:8000", 12, "door", "READ", "WRITE", "TOKEN")
ASKING = Entry("list", "GET", "/api/v1/channels/{channel}/readings", "Reading", "", "", "", Needs.SIGHT)


def words(entry: Entry, reader: Reader = READER) -> list[str]:
    return shlex.split(reader.curl(entry))


class TestCurl:
    def test_the_readers_own_host_and_channel_stand_in_it(self):
        assert words(ASKING)[-1] == "http://lab.example:8000/api/v1/channels/12/readings"

    @pytest.mark.parametrize(
        ("needs", "header"),
        [
            (Needs.SIGHT, "X-API-Key: READ"),
            (Needs.WRITE_KEY, "X-API-Key: WRITE"),
            (Needs.READ_TOKEN, "Authorization: Bearer TOKEN"),
            (Needs.SEND_TOKEN, "Authorization: Bearer TOKEN"),
        ],
    )
    def test_what_is_needed_goes_into_a_header(self, needs, header):
        assert words(replace(ASKING, needs=needs))[1:3] == ["-H", header]

    def test_a_key_that_is_not_needed_does_not(self):
        assert words(ASKING, replace(READER, read_key="")) == ["curl", words(ASKING)[-1]]
        assert "-H" not in words(replace(ASKING, needs=Needs.NOTHING))

    def test_a_body_is_sent_as_json_whatever_is_in_it(self):
        sent = replace(ASKING, method="POST", needs=Needs.WRITE_KEY, body={"door": "it's open"})
        assert words(sent)[3:7] == ["-H", "Content-Type: application/json", "-d", '{"door": "it\'s open"}']

    @pytest.mark.parametrize("method", ["DELETE", "PATCH", "POST"])
    def test_another_method_is_said(self, method):
        assert words(replace(ASKING, method=method))[1:3] == ["-X", method]

    def test_the_name_of_a_feed_may_hold_anything(self):
        entry = replace(ASKING, path="/api/v1/channels/{channel}/feeds/{feed}/last")
        assert words(entry, replace(READER, feed="é & ?"))[-1].endswith("/12/feeds/%C3%A9%20%26%20%3F/last")

    def test_other_variables_are_those_of_the_example(self):
        entry = replace(
            ASKING, path="/x/download.{form}", parameters=(Parameter("form", "address", "", "", "", "csv"),)
        )
        assert words(replace(entry, example="from=now-2h"))[-1].endswith("/x/download.csv?from=now-2h")
