"""Figures: alt text, bytes, table and label of every figure, and what it does with tables that hold little."""

import io
import json

import pandas as pd
import pytest
from matplotlib import pyplot, rc_context
from matplotlib.colors import to_rgb

from digidip import figures
from digidip.figures import rows, sheet
from digidip.tables import TableError

SYNTHETIC = "synthetic · USA · facebook · 2016-01-01 to 2016-02-01 (America/New_York)"
REAL = SYNTHETIC.replace("synthetic", "real")


def frame(columns, *rows):
    """A small table."""
    return pd.DataFrame(rows, columns=columns.split())


EXCEEDANCE = frame(
    "ministry comments comment_exceedance n low high",
    ("USA", 0, 1.0, 146, 0.975, 1.0),
    ("USA", 1, 0.39, 146, 0.31, 0.47),
    ("USA", 100, 0.13, 146, 0.08, 0.19),
    ("USA", 101, 0.1164, 146, 0.074, 0.179),
    ("USA", 900, 0.0068, 146, 0.001, 0.038),
)
STATISTICS = frame(
    "ministry statistic comments_per_post n low high",
    ("USA", "mean", 65.25, 146, 40.0, 90.0),
    ("USA", "median", 0.0, 146, 0.0, 2.0),
    ("USA", "max", 900.0, 146, None, None),
)
LORENZ = frame("ministry post_share comment_lorenz n", ("USA", 0, 0, 146), ("USA", 0.61, 0.03, 146), ("USA", 1, 1, 146))
GINI = frame("ministry comment_gini n low high", ("USA", 0.877, 146, 0.82, 0.91))
POSTS_PER_DAY = frame(
    "ministry day posts_per_day n low high",
    ("USA", "2016-01-01", 3, 1, 0.6, 8.8),
    ("USA", "2016-01-02", 0, 1, 0.0, 3.7),
    ("USA", "2016-01-03", 7, 1, 2.8, 14.4),
)
COMMENTS_PER_DAY = frame(
    "ministry day comments_per_day n low high",
    ("USA", "2016-01-01", 2127.0, 3, None, None),
    ("USA", "2016-01-02", None, 0, None, None),
    ("USA", "2016-01-03", 12.0, 7, None, None),
)
RATIOS = frame(
    "ministry term level comment_rate_ratio n low high method",
    ("USA", "weekday", "Monday", 1.42, 20, 1.05, 1.93, "clustered"),
    ("USA", "weekday", "Sunday", 1.0, 28, None, None, "reference"),
    ("USA", "hour", "00-05", 1.0, 80, None, None, "reference"),
    ("USA", "hour", "06-11", 0.7, 66, 1e-9, 400.0, "clustered"),
    ("USA", "medium", "video", None, 2, None, None, "not defined: no comments at this level"),
)
SHAPES = frame(
    "shape comments share",
    ("steady crowd", 1, 1.0),
    ("steady crowd", 100, 0.1252),
    ("steady crowd", 1000, 1e-27),
    ("storms over silence", 1, 0.387),
    ("storms over silence", 100, 0.1206),
)
SENSITIVITY = frame(
    "definition share_above n low high",
    ("more than 100 comments", 0.1164, 146, 0.074, 0.179),
    ("at least 100 comments", 0.13, 146, 0.08, 0.19),
    ("no comments held", None, 0, None, None),
)
INTERVALS = frame(
    "name value low high",
    ("total comments", 9490, 9417, 9562),
    ("answers", 0, 0, 3.7),
    ("posts per day", 4.71, 4.7, None),
)
VERDICTS = frame(
    "check verdict", ("posts per day", "compatible"), ("mean", "not compatible"), ("a word of its own", "unheard of")
)

COMPARED = frame(
    "panel row value n low high",
    ("Harper", "August", 69.4, 193, 50.0, 88.8),
    ("Harper", "September", None, 0, None, None),
    ("Trudeau", "August", 120.0, 90, 60.0, 180.0),
)

FIGURES = {
    "plot_compared": (
        [COMPARED],
        {"fact": "comments_per_post.mean"},
        "Harper August: 69.4 (interval 50 to 88.8), n 193",
    ),
    "plot_exceedance": ([EXCEEDANCE], {"statistics": STATISTICS}, "11.6 %"),
    "plot_lorenz": ([LORENZ], {"gini": GINI}, "0.877"),
    "plot_days": ([POSTS_PER_DAY, COMMENTS_PER_DAY], {}, "2,127 on 2016-01-01"),
    "plot_rate_ratios": ([RATIOS], {}, "weekday against Sunday highest Monday 1.42 (interval 1.05 to 1.93), n 20"),
    "plot_shapes": ([SHAPES], {}, "12.5 % have 100 or more"),
    "plot_sensitivity": ([SENSITIVITY], {"measure": "share_above"}, "11.6 % (interval 7.4 % to 17.9 %), n 146"),
    "plot_intervals": ([INTERVALS], {}, "9,490 (interval 9,417 to 9,562)"),
    "plot_verdicts": ([VERDICTS], {}, "not compatible: mean"),
}
MEASURED = {"share", "share_above", "value", "verdict", "comments_per_post", "comment_exceedance", "comment_lorenz"}
MEASURED |= {"comment_gini", "posts_per_day", "comments_per_day", "comment_rate_ratio"}
every = pytest.mark.parametrize("name", FIGURES)


def draw(name, caption=SYNTHETIC, change=lambda table: table):
    """One figure, every table it takes changed first."""
    tables, options, _ = FIGURES[name]
    options = {key: change(value) if isinstance(value, pd.DataFrame) else value for key, value in options.items()}
    return getattr(figures, name)(*map(change, tables), caption=caption, **options)


def badge_pixels(png):
    """How many pixels of the top right corner have the colour of the badge."""
    pixels = pyplot.imread(io.BytesIO(png))[:60, -200:, :3]
    return int((abs(pixels - to_rgb(sheet.BADGE)) < 0.01).all(axis=2).sum())


def test_every_figure_is_tested():
    """No plot_ function is missing from the loop."""
    assert set(FIGURES) == {name for name in figures.__all__ if name.startswith("plot_")}


@every
def test_alt_text_states_the_finding_and_the_label(name):
    """The alt text holds the key number, the caption, and says synthetic first where the data are."""
    alt = draw(name).alt
    assert len(alt) > 40
    assert FIGURES[name][2] in alt
    assert alt.startswith("Synthetic data. ")
    assert SYNTHETIC in alt
    assert "ynthetic" not in draw(name, REAL).alt


@every
def test_every_figure_is_a_drawing_too(name):
    """The SVG is the same each time, holds its title as text, and the badge where the data are synthetic."""
    figure = draw(name)
    drawing = figure.svg().decode()
    assert drawing == draw(name).svg().decode() and "</svg>" in drawing and "<dc:date>" not in drawing
    assert "SYNTHETIC" in drawing and "SYNTHETIC" not in draw(name, REAL).svg().decode()


def test_a_runner_gets_the_drawing(tmp_path, monkeypatch):
    """Where a runner asks, the SVG lies in its folder under the name of the figure."""
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path))
    figure = draw("plot_compared")
    assert [path.name for path in tmp_path.iterdir()] == ["comments-per-post-mean.svg"]
    assert (tmp_path / "comments-per-post-mean.svg").read_bytes() == figure.svg()


@every
def test_badge_is_in_the_picture(name):
    """A synthetic caption leaves pixels of the badge's colour in the top right corner, a real one does not."""
    assert badge_pixels(draw(name).png) > 500
    assert badge_pixels(draw(name, REAL).png) == 0


@every
def test_picture_is_seven_inches_wide_png(name):
    """PNG signature, 1008 pixels wide, no word about the software."""
    png = draw(name).png
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20], "big") == 1008
    assert b"Software" not in png


@every
def test_same_table_same_bytes_whatever_the_settings(name):
    """Neither matplotlib settings nor a second call change a byte, and no pyplot figure stays open."""
    once = draw(name).png
    with rc_context({"font.size": 30, "savefig.facecolor": "red", "axes.titlepad": 40}):
        assert draw(name).png == once
    assert pyplot.get_fignums() == []


@every
def test_tables_are_not_changed(name):
    """The tables given are as they were, types included."""
    tables, options, _ = FIGURES[name]
    given = [*tables, *(value for value in options.values() if isinstance(value, pd.DataFrame))]
    before = [table.copy() for table in given]
    draw(name)
    for table, old in zip(given, before, strict=True):
        pd.testing.assert_frame_equal(table, old)


@every
def test_table_travels_as_csv(name):
    """The CSV in the metadata holds each table given, row by row, and text/plain names the figure."""
    drawn = draw(name)
    data, metadata = drawn._repr_mimebundle_()
    json.dumps([data, metadata])
    figure = metadata["digidip"]["figure"]
    assert data["text/plain"] == f"<figure {figure['name']}>" == f"<figure {drawn.name}>"
    assert metadata["image/png"]["alt"] == drawn.alt
    travelled = pd.read_csv(io.StringIO(figure["csv"]))
    for table in FIGURES[name][0]:
        held = [f"{column}_posts" if f"{column}_posts" in travelled else column for column in table]
        if "comments_per_day" in table:
            held = [column.replace("_posts", "_comments") for column in held]
        given = pd.read_csv(io.StringIO(table.to_csv(index=False)))
        found = travelled[held].set_axis(given.columns, axis=1).head(len(given))
        pd.testing.assert_frame_equal(found, given, check_dtype=False)


def test_lines_of_mean_and_median_are_in_the_table():
    """All that plot_exceedance draws is in its table, the lines too."""
    table = draw("plot_exceedance").table.dropna(subset="statistic")
    assert dict(zip(table["statistic"], table["comments_per_post"], strict=True)) == {"mean": 65.25, "median": 0}


@every
def test_empty_table_draws_its_reason(name):
    """No rows: a figure that says so, in the picture's alt text too."""
    drawn = draw(name, change=lambda table: table[:0])
    assert "nothing to draw: the table has no rows" in drawn.alt
    assert badge_pixels(drawn.png) > 500


@every
def test_table_of_missing_values_draws_its_reason(name):
    """Rows without one value are no figure either."""
    drawn = draw(name, change=lambda table: table.assign(**dict.fromkeys(MEASURED & set(table), None)))
    assert "nothing to draw" in drawn.alt


@every
def test_one_missing_value_does_not_raise(name):
    """A first row without numbers leaves the others."""
    drawn = draw(name, change=first_row_missing)
    assert drawn.png != draw(name).png
    assert "nothing to draw" not in drawn.alt
    assert "nan" not in drawn.alt


def first_row_missing(table):
    """The table with no number in its first row, no verdict where it has no number."""
    table = table.convert_dtypes()
    table.loc[0, [*table.columns.intersection(["verdict"]), *table.select_dtypes("number")]] = pd.NA
    return table


@every
def test_one_row_is_enough(name):
    """The last row alone can be drawn, or its lack of a value said."""
    assert len(draw(name, change=lambda table: table.tail(1)).alt) > 40


def test_method_is_the_reason_why_nothing_is_drawn():
    """What the measure says of a missing value is what the empty figure says."""
    alt = figures.plot_rate_ratios(RATIOS.tail(1), caption=REAL).alt
    assert "nothing to draw: not defined: no comments at this level" in alt


def test_posts_without_a_comment_and_above_the_threshold_are_said():
    """All posts at 0 have no place on the axis: that is said. So is a threshold that no post exceeds, with n."""
    silent = figures.plot_exceedance(EXCEEDANCE.head(1), caption=REAL, statistics=STATISTICS).alt
    below = figures.plot_exceedance(EXCEEDANCE, caption=REAL, statistics=STATISTICS, threshold=900).alt
    assert "nothing to draw: no post has a comment" in silent
    assert "more than 900: no post, at least 1: 39 %, n 146" in below


def test_groups_are_told_apart():
    """Two ministries: both in the alt text of every figure that has groups, whatever the order of rows."""
    for name in ("plot_exceedance", "plot_lorenz", "plot_days", "plot_rate_ratios"):
        both = draw(name, change=lambda table: pd.concat([table, table.assign(ministry="PER")]))
        turned = draw(name, change=lambda table: pd.concat([table.assign(ministry="PER"), table]))
        assert "USA, " in both.alt
        assert "PER, " in both.alt
        assert both.png == turned.png


def test_table_without_groups():
    """A table with no group column is one group; a group without a name is not given."""
    assert "not given, " in figures.plot_lorenz(LORENZ.assign(ministry=None), caption=REAL).alt
    drawn = figures.plot_lorenz(LORENZ.drop(columns="ministry"), caption=REAL)
    assert "all posts, the 61 % of posts with fewest comments draw 3 % of all comments" in drawn.alt


def test_long_wall_has_two_blocks():
    """From 41 rows on the wall is hardly taller than one of 40 rows was."""
    heights = [wall_height(n) for n in (40, 41, 80)]
    assert heights[1] < heights[0]
    assert heights[2] == pytest.approx(heights[0], rel=0.02)


def wall_height(n):
    """Pixels from top to bottom of a wall of n rows."""
    table = pd.DataFrame({"id": [f"F{i:03}" for i in range(n)], "verdict": "compatible"})
    return int.from_bytes(figures.plot_verdicts(table, caption=REAL).png[20:24], "big")


def test_dollars_are_no_mathematics_and_arabic_is_drawn():
    """Labels are drawn as they stand; a letter the font lacks is an error that says which."""
    for text in ("US$ 5 to $ 6", "وزارة الخارجية"):
        assert text in figures.plot_intervals(INTERVALS.assign(name=text), caption=REAL).alt
    with pytest.raises(TableError, match="CJK UNIFIED IDEOGRAPH-5916"):
        figures.plot_intervals(INTERVALS.assign(name="外交部"), caption=REAL)


def test_decomposed_letters_are_composed():
    """A label in NFD reads the same as in NFC, byte for byte."""
    composed, decomposed = "Per\u00fa", "Peru\u0301"
    pictures = [figures.plot_intervals(INTERVALS.assign(name=text), caption=REAL) for text in (composed, decomposed)]
    assert pictures[0].png == pictures[1].png
    assert composed in pictures[1].alt
    assert sheet.plain(decomposed) == composed


def luminance(colour):
    """Relative luminance of WCAG 2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio of WCAG 2."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_text():
    """Every text colour stands out 4.5 : 1 from what is behind it."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    grounds = [sheet.PAPER, *(colour for _, colour, _ in rows.VERDICTS.values())]
    assert min(contrast(sheet.INK, ground) for ground in grounds) >= 4.5
    assert contrast(sheet.SOFT, sheet.PAPER) >= 4.5
    assert contrast(sheet.BADGE_INK, sheet.BADGE) >= 4.5


def test_no_figure_relies_on_colour_alone():
    """Dashes, markers and symbols differ wherever colours do."""
    assert len({*map(str, sheet.DASHES)}) == len(sheet.DASHES) == len({*sheet.MARKERS})
    symbols = [symbol for symbol, _, _ in rows.VERDICTS.values()]
    assert len({*symbols}) == len(symbols)
