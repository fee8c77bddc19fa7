from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from dashapp.app import ASSETS, STYLES
from dashapp.stylesheets import KEPT, Stylesheet
from tests.lab import Lab, opened_lab


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


def sheet(folder: Path, **texts: str) -> Stylesheet:
    """A sheet of these files, which are served under `/there/css/`."""
    for name, text in texts.items():
        (folder / f"{name}.css").write_text(text)
    return Stylesheet([(folder / f"{name}.css", f"/there/css/{name}.css") for name in texts])


def status(lab: Lab, address: str) -> int:
    with lab.client.get(address) as answer:
        return answer.status_code


class TestText:
    def test_the_files_follow_one_another(self, tmp_path):
        assert sheet(tmp_path, b="p { top: 0 }", a="p { top: 1px }").text == "p { top: 0 }\np { top: 1px }"

    def test_what_a_file_names_is_found_from_anywhere(self, tmp_path):
        text = "a{b:url(\"x.svg\")}a{b:url(../y.png)}a{b:url(/z.gif)}a{b:url('f/g.woff2?7#h')}"
        found = sheet(tmp_path, a=text).text
        assert re.findall(r"url\((.*?)\)", found) == [
            '"/there/css/x.svg"',
            '"/there/y.png"',
            '"/z.gif"',
            '"/there/css/f/g.woff2?7#h"',
        ]

    def test_what_is_in_the_file_itself_stays(self, tmp_path):
        text = "a{b:url(\"data:image/svg+xml,%3csvg url='x'/%3e\")}a{b:url(#c)}"
        assert sheet(tmp_path, a=text).text == text

    def test_only_the_whole_says_what_it_is_written_in(self, tmp_path):
        assert "charset" not in sheet(tmp_path, a='@charset "UTF-8";a{}').text

    def test_other_contents_have_another_address(self, tmp_path):
        first = sheet(tmp_path, a="a{}").address
        assert sheet(tmp_path, a="a{}").address == first != sheet(tmp_path, a="b{}").address


class TestServed:
    @pytest.fixture
    def client(self, tmp_path):
        server = Flask("styles")
        sheet(tmp_path, a="a{}").serve(server)
        return server.test_client()

    @pytest.fixture
    def address(self, tmp_path) -> str:
        return sheet(tmp_path, a="a{}").address

    def test_browsers_keep_it(self, client, address):
        answer = client.get(address)
        assert (answer.text, answer.mimetype) == ("a{}", "text/css")
        assert answer.headers["Cache-Control"] == KEPT

    def test_it_comes_packed_to_who_can_unpack(self, client, address):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(answer.data) == b"a{}"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in client.get(address).headers
        assert "Accept-Encoding" in client.get(address).headers["Vary"]


class TestOfThePages:
    def test_a_page_asks_for_it_alone_and_for_its_fonts(self, lab):
        page = lab.client.get("/").text
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == [STYLES.address]
        fonts = re.findall(r'as="font" type="font/woff2" href="([^"]+)"', page)
        assert fonts
        assert {status(lab, font) for font in fonts} == {200}

    def test_it_has_all_of_ours_after_the_others(self, lab):
        text = lab.client.get(STYLES.address).text
        places = [text.index(path.read_text().split("url(")[0].strip()) for path in sorted(ASSETS.glob("*.css"))]
        assert places == sorted(places)
        assert text.index(".bi-house") < places[0]

    def test_what_it_names_is_there(self, lab):
        named = set(re.findall(r'url\("(/[^"]+)"\)', STYLES.text))
        assert named
        assert [address for address in named if status(lab, address) != 200] == []

    def test_another_name_is_not_there(self, lab):
        assert lab.client.get("/styles/other.css").status_code == 404
