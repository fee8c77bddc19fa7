from __future__ import annotations

from dashapp.components.boards import Code, File
from dashapp.components.code_blocks import code_blocks
from tests.dashapp.shapes import as_json, texts

CODE = Code(("Do this.",), (File("a.py", "print(1)\n", "A note."), File("b.sh", "true\n", wraps=True)), "1")


def drawn(*, may_copy: bool):
    return as_json(code_blocks(CODE, may_copy=may_copy))


class TestCodeBlocks:
    def test_steps_pieces_and_what_is_seen_are_all_there(self):
        assert {"Do this.", "a.py", "print(1)\n", "A note.", "b.sh", "What you should see: ", "1"} <= set(
            texts(drawn(may_copy=True))
        )

    def test_each_piece_has_a_button_to_copy_it(self):
        assert texts(drawn(may_copy=True)).count("Copy") == 2

    def test_where_the_browser_does_not_let_a_page_copy_a_click_selects_all(self):
        assert "Copy" not in texts(drawn(may_copy=False))
        assert "lf-code-whole" in str(drawn(may_copy=False))
