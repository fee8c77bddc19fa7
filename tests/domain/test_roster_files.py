from __future__ import annotations

import codecs
import csv
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Invalid, TooLarge
from domain.people import College
from domain.roles import Part
from domain.roster_files import EXAMPLE, MOST_BYTES, MOST_ROWS, parse, write
from domain.rosters import RosterRow

COLLEGE = College(frozenset({"example.edu", "staff.example.edu"}))
ADA = RosterRow("ada@example.edu", "Ada Finch", "A", "Otter")
HEADING = "name,e-mail,section,team,role\n"

PRINTABLE = st.characters(categories=("L", "N", "P", "S", "Zs"))


def words(most: int):
    """Cells as they are read: no blanks at the ends or in a row, composed."""
    return st.text(PRINTABLE, max_size=most // 4).map(plain)


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


EMAILS = st.from_regex(r"[a-z0-9._+-]{1,20}", fullmatch=True).map(lambda local: f"{local}@example.edu")
ROWS = st.builds(RosterRow, EMAILS, words(200), words(64), words(100), st.sampled_from(Part))
ROSTERS = st.lists(ROWS, unique_by=lambda row: row.email, min_size=1, max_size=12)


def parsed(text: str):
    return parse(text.encode(), COLLEGE)


def faults(*lines: str) -> list[tuple[int, str]]:
    return [(fault.row, fault.sentence) for fault in parsed(HEADING + "\n".join(lines)).faults]


class TestWrite:
    @given(ROSTERS)
    @example([RosterRow("-a@example.edu", '=HYPERLINK("x"),"', "'+1;2", "''@x", Part.STAFF)])
    def test_what_is_written_is_read_as_the_same(self, rows):
        read = parse(write(rows), COLLEGE)
        assert (read.rows, read.faults, read.notes) == (tuple(rows), (), ())

    def test_no_cell_is_a_formula_for_a_spreadsheet(self):
        written = write(
            [RosterRow("+ada@example.edu", '=HYPERLINK("x")', "-1", "@SUM(A1)"), RosterRow("b@example.edu", "'=1")]
        )
        for line in list(csv.reader(written.decode().splitlines()))[1:]:
            assert [cell for cell in line if cell[:1] in tuple("=+-@")] == []


class TestParse:
    @given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEADING + text).encode()))
    @example(b"\xff\xfe\x00")
    @example(b"\xff\xfee\x00-\x00m\x00a\x00i\x00l\x00\n\x00\x00\xd8")
    @example(b'e-mail\n"')
    @example(b"e-mail\n" + b"x" * 200_000)
    def test_whatever_the_bytes_it_raises_nothing_but_what_it_says(self, content):
        try:
            read = parse(content, COLLEGE)
        except (Invalid, TooLarge):
            return
        assert read.rows or read.faults
        assert all(fault.sentence.endswith(".") and fault.row > 1 for fault in read.faults)

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_columns_are_parted_by_any_usual_mark(self, separator, ending):
        lines = [("Team", "E-Mail", "Role", "Name", "Section"), ("Otter", "ada@example.edu", "", "Ada Finch", "A")]
        assert parsed(ending.join(separator.join(line) for line in lines)).rows == (ADA,)

    @pytest.mark.parametrize("heading", ["e-mail", "E-Mail", "email", "Mail", "E-mail address", "  EMAIL "])
    def test_the_column_of_addresses_has_several_names(self, heading):
        assert parsed(f"{heading}\nada@example.edu").rows == (RosterRow("ada@example.edu"),)

    @pytest.mark.parametrize(
        ("word", "part"),
        [
            ("", Part.STUDENT),
            ("Student", Part.STUDENT),
            ("staff", Part.STAFF),
            ("Teacher", Part.STAFF),
            ("TA", Part.STAFF),
            (" Instructor ", Part.STAFF),
        ],
    )
    def test_roles_are_words_people_use(self, word, part):
        assert parsed(f"e-mail,role\nada@example.edu,{word}").rows[0].part is part

    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
    def test_it_reads_unicode_however_it_was_saved(self, codec):
        read = parse(f"{HEADING}Zoë Ørsted,zoe@example.edu,,,".encode(codec), COLLEGE)
        assert (read.rows[0].name, read.notes) == ("Zoë Ørsted", ())

    @pytest.mark.parametrize("content", [b"Zo\xeb", b"Zo\xeb\x81"])
    def test_it_says_that_it_guessed_an_older_encoding(self, content):
        read = parse(HEADING.encode() + content + b",zoe@example.edu,,,", COLLEGE)
        assert "not UTF-8" in read.notes[0]

    def test_quoted_cells_may_hold_separators_and_quotes(self):
        assert parsed(HEADING + '"Finch, ""Ada""",ada@example.edu').rows[0].name == 'Finch, "Ada"'

    def test_blanks_do_not_count(self):
        read = parsed(HEADING + "  Ada   Finch , ADA@Example.edu ,A, Otter ,")
        assert read.rows == (ADA,)

    def test_letters_typed_in_two_pieces_are_one(self):
        assert parsed(HEADING + "Zoe\u0308,zoe@example.edu").rows[0].name == "Zoë"

    def test_cells_that_look_like_formulas_are_words(self):
        assert parsed(HEADING + "=1+1,ada@example.edu,@x,-Otter").rows == (
            RosterRow("ada@example.edu", "=1+1", "@x", "-Otter"),
        )

    def test_columns_it_does_not_know_are_named(self):
        assert parsed("e-mail,Student ID,Year\nada@example.edu,7,2").notes == ("Not used: Student ID, Year.",)

    def test_the_example_is_a_roster(self):
        read = parse(EXAMPLE.format(domain="example.edu").encode(), COLLEGE)
        assert (len(read.rows), read.faults, read.notes) == (4, (), ())


class TestFaults:
    def test_rows_are_numbered_as_in_a_spreadsheet(self):
        said = faults("Ada,ada@example.edu", "", "Ben,", 'Cleo,"cleo@example.edu', 'x",', "Dana,dana")
        assert [row for row, _ in said] == [4, 5, 6]

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("Ada,", "The e-mail address is missing."),
            ("Ada,ada", "'ada' is not an e-mail address."),
            ("Ada,ada@elsewhere.org", "ada@elsewhere.org is not an address of example.edu or staff.example.edu."),
            ("Ada,ada@evilexample.edu", "ada@evilexample.edu is not an address of example.edu or staff.example.edu."),
            ("Ada,ada@example.edu,,,boss", "The role 'boss' is not known: write student or staff, or leave it empty."),
            (f"{'x' * 201},ada@example.edu", "The name is longer than 200 characters."),
            (f"Ada,ada@example.edu,{'x' * 65}", "The section is longer than 64 characters."),
            (f"Ada,ada@example.edu,,{'x' * 101}", "The team is longer than 100 characters."),
            ("A\x00da,ada@example.edu", "The name holds an invisible character."),
            (
                '"Ada,ada@example.edu\nBen,ben@example.edu',
                "The name runs over several lines: look for a quotation mark that is not closed.",
            ),
        ],
    )
    def test_each_says_what_is_wrong(self, line, sentence):
        assert faults(line) == [(2, sentence)]

    def test_an_address_stands_once(self):
        assert faults("Ada,ada@example.edu", "Ben,ben@example.edu", "A. Finch,ADA@example.edu") == [
            (4, "ada@example.edu stands in row 2 already.")
        ]

    def test_good_rows_are_read_all_the_same(self):
        assert parsed(HEADING + "Ada,\nBen,ben@example.edu").rows == (RosterRow("ben@example.edu", "Ben"),)


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "The first row does not name a column e-mail."),
            (b"Ada Finch,ada@example.edu", "The first row does not name a column e-mail."),
            (HEADING.encode(), "The file has a heading and no rows."),
            (b"email,mail\na@example.edu,b@example.edu", "Two columns are both called e-mail."),
            (b"PK\x03\x04rest", "This is a spreadsheet, not a CSV file."),
            (codecs.BOM_UTF16_LE + b"\x00\xd8", "The file is not text."),
        ],
    )
    def test_what_is_no_roster_is_refused_with_the_reason(self, content, sentence):
        with pytest.raises(Invalid) as refused:
            parse(content, COLLEGE)
        assert refused.value.detail == sentence

    def test_a_file_too_large_is_not_read(self):
        with pytest.raises(TooLarge):
            parse(b"x" * (MOST_BYTES + 1), COLLEGE)

    def test_a_file_of_too_many_rows_is_not_read(self):
        with pytest.raises(TooLarge):
            parse(b"e-mail\n" + b"a@example.edu\n" * (MOST_ROWS + 1), COLLEGE)
