from __future__ import annotations

import pytest

from rehearsal.__main__ import parse
from rehearsal.cast import KILN, OTTER


class TestParse:
    def test_it_speaks_to_the_server_of_this_machine_by_default(self):
        assert parse([], {}).url == "http://127.0.0.1:8000"

    def test_it_follows_the_port_of_the_environment(self):
        assert parse([], {"PORT": "8123"}).url == "http://127.0.0.1:8123"

    def test_localhost_means_the_address_on_which_the_server_listens(self):
        assert parse(["--url", "http://localhost:8123/"], {}).url == "http://127.0.0.1:8123"

    @pytest.mark.parametrize(("text", "ms"), [("90s", 90_000), ("15m", 900_000), ("1h", 3_600_000), ("0", 0)])
    def test_a_history_is_a_length_of_time(self, text, ms):
        assert parse(["--history", text], {}).history == ms

    def test_a_board_is_chosen_by_how_its_name_begins(self):
        assert parse(["--only", "kiln", "--only", "Otter"], {}).only == [KILN, OTTER]

    @pytest.mark.parametrize(
        "words", [["--history", "soon"], ["--url", "labfeed.example.edu"], ["--seed", "x"], ["--only", "Kiln 3"]]
    )
    def test_nonsense_is_refused_with_a_sentence(self, words, capsys):
        with pytest.raises(SystemExit):
            parse(words, {})
        assert words[0] in capsys.readouterr().err
