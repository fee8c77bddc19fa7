"""What the address of a chart for a frame wishes; what cannot be understood counts as not said."""

from __future__ import annotations

import pytest

from domain.frames import LARGEST_PX, SMALLEST_PX, USUAL_REFRESH_S, WHITE, Form, Wishes, colour_from

USUAL = Wishes()


class TestColours:
    @pytest.mark.parametrize(
        ("written", "colour"),
        [
            ("#d62020", "#d62020"),
            ("d62020", "#d62020"),
            ("D62020", "#d62020"),
            ("#fa0", "#ffaa00"),
            ("fa0", "#ffaa00"),
            (" fff ", "#ffffff"),
        ],
    )
    def test_three_or_six_digits_with_or_without_the_sign(self, written, colour):
        assert colour_from(written) == colour

    @pytest.mark.parametrize(
        "written", ["", "#", "red", "ff", "fffff", "fffffff", "##fff", "url(x)", "#fff;--x:1", "٣٣٣"]
    )
    def test_anything_else_is_none(self, written):
        assert colour_from(written) is None


class TestWishes:
    def test_nothing_said_is_the_usual(self):
        assert Wishes.of("") == USUAL

    @pytest.mark.parametrize(
        ("query", "name", "value"),
        [
            ("title=Kiln", "title", "Kiln"),
            ("title=", "title", None),
            ("title=%20a%0Ab%20", "title", "a b"),
            ("xaxis=Zeit", "x_label", "Zeit"),
            ("yaxis=W%C3%A4rme", "y_label", "Wärme"),
            ("color=%23d62020", "colour", "#d62020"),
            ("color=nonsense", "colour", None),
            ("bgcolor=%23000", "ground", "#000000"),
            ("bgcolor=nonsense", "ground", WHITE),
            ("type=line", "form", Form.LINE),
            ("type=bar", "form", Form.BAR),
            ("type=column", "form", Form.COLUMN),
            ("type=spline", "form", Form.SPLINE),
            ("type=step", "form", Form.STEP),
            ("type=Spline", "form", Form.SPLINE),
            ("type=pie", "form", Form.LINE),
            ("step=true", "form", Form.STEP),
            ("step=false", "form", Form.LINE),
            ("type=column&step=true", "form", Form.COLUMN),
            ("width=450", "width_px", 450),
            ("width=450px", "width_px", 450),
            ("width=auto", "width_px", None),
            ("width=1e99", "width_px", LARGEST_PX),
            ("width=-5", "width_px", None),
            ("height=260", "height_px", 260),
            ("height=auto", "height_px", None),
            ("height=1", "height_px", SMALLEST_PX),
            ("dynamic=true", "is_dynamic", True),
            ("dynamic=false", "is_dynamic", False),
            ("dynamic=", "is_dynamic", None),
            ("update=15", "refresh_s", 15.0),
            ("update=0.01", "refresh_s", USUAL_REFRESH_S),
            ("update=1e9", "refresh_s", 3600.0),
            ("update=soon", "refresh_s", USUAL_REFRESH_S),
            ("yaxismin=-5.5", "low", -5.5),
            ("yaxismax=40", "high", 40.0),
            ("yaxismin=0", "low", 0.0),
            ("yaxismin=nan", "low", None),
            ("yaxismin=1e999", "low", None),
            ("yaxismin=9&yaxismax=1", "low", None),
            ("export=true", "has_export", True),
            ("export=1", "has_export", False),
            ("push=false", "drops_oldest", False),
            ("push=true", "drops_oldest", True),
            ("round=2", "decimals", 2),
            ("round=99", "decimals", 20),
            ("round=-1", "decimals", None),
        ],
    )
    def test_each_parameter(self, query, name, value):
        assert getattr(Wishes.of(f"?{query}"), name) == value

    def test_a_title_has_at_most_40_characters(self):
        assert len(Wishes.of("title=" + "x" * 41).title) == 40
        assert Wishes.of("title=" + "x" * 40).title == "x" * 40

    @pytest.mark.parametrize("query", ["%ff", "&&&", "=", "title=%ff", "&".join(f"a{order}=1" for order in range(500))])
    def test_no_query_makes_it_fail(self, query):
        assert Wishes.of(query).ground == WHITE
