"""The pages in a real browser: accessible, quiet, inert, sortable, readable at every width, printable."""

import os
import re
import zlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
from nbformat import v4
from test_report import HOSTILE, a_study, done, fact, figure, notebook, output, undone, verdict

from digidip import figures, report

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(os.environ.get("DIGIDIP_AXE") or ROOT / ".venv/axe/node_modules/axe-core/axe.min.js")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
COMMENT = (
    "<script>window.harmed=1</script><img src=x onerror=window.harmed=1>"
    '"><svg onload=window.harmed=1></textarea></style></pre><a href="javascript:window.harmed=1">here</a>\u202egnitirw'
)
SORTED = "[...document.querySelectorAll('table.sortable tbody tr')].map(row => row.cells[3].textContent)"


@pytest.fixture(scope="module")
def chromium():
    """The system's Chromium, driven by Playwright; without either the tests here say what is absent and are skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: it comes with the extra `test`")
    if not CHROMIUM.is_file():
        pytest.skip(f"no {CHROMIUM}: `make browser` installs it where it may")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe():
    """The source of axe-core."""
    if not AXE.is_file():
        pytest.skip(f"no {AXE}: run `make browser`, or say where it is in DIGIDIP_AXE")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A rich study, its page and the page of one run, with real pictures, as files: {"study": path, "run": path}."""
    folder = tmp_path_factory.mktemp("reports")
    table = pd.DataFrame(
        {"name": ["USA", "PER"], "value": [65, 6.5], "low": [60, 5], "high": [70.2, 8], "n": [146, 90]}
    )
    drawn = figures.plot_intervals(table, caption="Synthetic sample, January 2016")
    study = rich(drawn)
    for place in [folder, *(folder / run["folder"] for run in study["runs"] if run["status"] == "done")]:
        (place / "figures").mkdir(parents=True, exist_ok=True)
        (place / "tables").mkdir(exist_ok=True)
        (place / "figures" / "intervals.png").write_bytes(drawn.png)
        (place / "figures" / "intervals.svg").write_bytes(drawn.svg())
        (place / "tables" / "intervals.csv").write_text(drawn.table.to_csv(index=False), encoding="utf-8")
    (folder / "index.html").write_text(report.index(study), encoding="utf-8")
    run = folder / study["runs"][0]["folder"] / "index.html"
    run.write_text(a_run(drawn), encoding="utf-8")
    return {"study": folder / "index.html", "run": run}


def rich(drawn):
    """A study of 24 runs with hostile words among its facts, and a real figure beside it."""
    names = [f"{ministry}, 2016-{month:02}" for ministry in ("USA", "PER", "GBR", "CAN") for month in (1, 2, 3)]
    main, notebooks = {"name": "intervals", "alt": drawn.alt}, ["10-comment-analysis", "11-responsiveness"]
    runs = [
        done(name, row, f"runs/{name}/row-{row}", main=main, verdicts=[verdict(reason=COMMENT)] * 3)
        for row in range(len(names))
        for name in notebooks
    ]
    failed = {"cell": "In [4] `counts = engagement.comments_per_post(posts)`", "message": COMMENT, "code": 1}
    runs[5], runs[8] = undone(notebooks[1], 2, "failed", failed), undone(notebooks[0], 4, "missing")
    values = [9484, 10.5, None, -40.0, -3, 1e-5]
    facts = [fact(value=values[at % 6], row=name, group=COMMENT) for at, name in enumerate(names * 10)]
    statement = {"purpose": "Teaching", "legal_basis": "None needed", "retention": "2027-12-31", "contact": "the desk"}
    steps = [
        {"step": f"step {at}", "table": "comments", "rows_in": 9484, "rows_out": 9000 + at, "reason": COMMENT}
        for at in (1, 2)
    ]
    compared = [{"name": "intervals", "alt": drawn.alt, "csv": drawn.table.to_csv(index=False)}]
    rows = [{"name": name, "parameters": {"ministry": name[:3]}} for name in names]
    given = {
        "title": f"Ministries {COMMENT}",
        "description": "Words. " * 60,
        "statement": statement,
        "notes": [COMMENT],
    }
    return a_study(rows=rows, runs=runs, facts=facts, compared=compared, account=steps, **given)


def a_run(drawn):
    """The page of a run in which someone's comment stands wherever a comment can stand."""
    data, metadata = drawn._repr_mimebundle_()
    table = pd.DataFrame({"text": [COMMENT, HOSTILE], "n": [1, 2]}).to_csv(index=False)
    node = notebook(
        output(data, metadata),
        figure(csv=table, alt=COMMENT, name="comments"),
        v4.new_output("stream", name="stdout", text=COMMENT),
        output({"text/html": COMMENT, "text/plain": COMMENT}),
        v4.new_output("error", ename="KeyError", evalue=COMMENT, traceback=[]),
        words=f"# What?\n\nIn short: {'words ' * 90}.\n\n## A claim\n\n| {'wide_' * 30} | b |\n|---|---|\n| 1 | 2 |\n\n"
        f"```\n{'long code ' * 30}\n```\n\n```python\nlong = {list(range(60))}\n```\n",
    )
    home = {"title": COMMENT, "href": "../../../index.html"}
    return report.page(node, title=COMMENT, label="synthetic", finding=[COMMENT, "wide_" * 60], study=home)


@pytest.fixture
def opened(chromium, pages):
    """Open one of the pages; at the end nothing was fetched from afar, and nothing of a comment came to life."""
    seen, contexts = [], []

    def open_page(name, **given):
        context = chromium.new_context(**({"viewport": {"width": 1000, "height": 900}} | given))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda each: seen.append(("request", each.url)))
        page.on("console", lambda each: seen.append(("console", each.text)))
        page.on("pageerror", lambda each: seen.append(("error", str(each))))
        page.on("dialog", lambda each: (seen.append(("dialog", each.message)), each.dismiss()))
        page.goto(pages[name].as_uri(), wait_until="load")
        return page

    yield open_page
    harmed = [page.evaluate("window.harmed") for context in contexts for page in context.pages]
    for context in contexts:
        context.close()
    assert [each for each in seen if each[0] != "request" or not each[1].startswith(("file:", "data:"))] == []
    assert set(harmed) == {None}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 400)])
@pytest.mark.parametrize("name", ["study", "run"])
def test_no_rule_of_accessibility_is_broken(opened, axe, name, scheme, width):
    """axe-core finds nothing against WCAG 2.1 A and AA, folded parts open, in both colour schemes, wide and narrow."""
    page = opened(name, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert len(found["passes"]) > 15
    told = [(each["id"], each["help"], each["nodes"][0]["html"][:300]) for each in found["violations"]]
    assert told == []


@pytest.mark.parametrize("name", ["study", "run"])
def test_links_of_a_comment_do_not_exist_and_the_words_do(opened, name):
    """The comment reads as it was written, and every link on the page is a file."""
    page = opened(name)
    assert COMMENT in page.evaluate("document.body.textContent")
    links = page.evaluate("[...document.links].map(link => link.href)")
    assert len(links) >= 4 and all(link.startswith("file:///") for link in links)
    page.mouse.wheel(0, 20000)
    assert page.evaluate("document.querySelectorAll('svg, script:not(:last-child), [onerror], [onload]').length") == 0


@pytest.mark.parametrize("name", ["study", "run"])
def test_every_picture_is_there(opened, name):
    """The policy lets the pictures beside the page load from disk: each has a width of its own."""
    widths = opened(name).evaluate("[...document.images].map(image => image.complete && image.naturalWidth)")
    assert len(widths) == {"study": 23, "run": 2}[name] and all(widths)


@pytest.mark.parametrize("name", ["study", "run"])
def test_files_of_a_figure_lie_where_the_links_point(opened, name):
    """Table, PNG and SVG of a figure can be taken from beside the page."""
    links = opened(name).evaluate("[...document.querySelectorAll('figure a')].map(link => link.href)")[:3]
    paths = [Path(unquote(urlsplit(link).path)) for link in links]
    assert [path.suffix for path in paths] == [".csv", ".png", ".svg"] and all(path.is_file() for path in paths)


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_facts_sort_by_number_and_what_is_missing_goes_last(opened, way):
    """The button in a heading sorts up, then down, says so in aria-sort, and keeps the missing at the end."""
    page = opened("study")
    button = page.get_by_role("button", name="value", exact=True)
    button.focus()
    act = button.click if way == "mouse" else lambda: page.keyboard.press("Enter")
    state = "document.activeElement.closest('th').getAttribute('aria-sort')"
    act()
    numbers = ["-40", "-3", "1e-05", "10.5", "9,484"]
    assert page.evaluate(SORTED) == [number for number in numbers for _ in range(20)] + ["missing"] * 20
    assert page.evaluate(state) == "ascending"
    act()
    assert page.evaluate(SORTED) == [number for number in numbers[::-1] for _ in range(20)] + ["missing"] * 20
    assert page.evaluate(state) == "descending"
    page.get_by_role("button", name="run", exact=True).press("Space")
    assert page.evaluate("[...document.querySelectorAll('[aria-sort]')].map(each => each.textContent)") == ["run"]
    assert page.locator("table.sortable tbody tr td").first.text_content().startswith("CAN, 2016-01")


def test_without_script_nothing_is_missing_but_the_buttons(opened):
    """All facts stand there; no button promises what would not work."""
    page = opened("study", java_script_enabled=False)
    assert page.locator("table.sortable tbody tr").count() == 120
    assert page.locator("button").count() == 0


@pytest.mark.parametrize("width", [400, 1000, 1600])
@pytest.mark.parametrize("name", ["study", "run"])
def test_the_page_itself_never_scrolls_sideways(opened, name, width):
    """Wide tables scroll in their own container, whatever the width of the window."""
    page = opened(name, viewport={"width": width, "height": 900})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = "[...document.querySelectorAll('table')].every(each => each.closest('.scroll, .words'))"
    assert page.evaluate(boxes)


def test_facts_and_verdicts_of_a_study_fit_a_thousand_pixels(opened):
    """Neither table scrolls sideways on a screen of 1,000 pixels; at 400 both do, and a shadow says so."""
    at = "[...document.querySelectorAll('.scroll.tall')].slice(0, 2)"
    for width, scrolls in ((1000, False), (400, True)):
        page = opened("study", viewport={"width": width, "height": 900})
        assert page.evaluate(f"{at}.map(each => each.scrollWidth > each.clientWidth)") == [scrolls] * 2
        assert page.evaluate(f"{at}.every(each => getComputedStyle(each).backgroundImage.includes('radial'))")


def test_skip_link_is_first_and_can_be_seen(opened):
    """One press of Tab shows the way past the head; Enter takes it."""
    page = opened("study")
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    assert link.bounding_box()["width"] > 50 and link.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def words_of(pdf):
    """All words of a PDF that Chromium wrote, once per font: its glyphs as this font's table of letters reads them."""
    parts = re.findall(rb"FlateDecode[^>]*>>\s*stream\r?\n(.*?)endstream", pdf, re.S)
    streams = [zlib.decompressobj().decompress(part).decode("latin-1") for part in parts]
    readings = []
    for table in {stream for stream in streams if "beginbfchar" in stream or "beginbfrange" in stream}:
        letters = {int(glyph, 16): chr(int(to, 16)) for glyph, to in re.findall(r"^<(\w{4})> <(\w{4})>$", table, re.M)}
        for low, high, to in re.findall(r"^<(\w{4})> <(\w{4})> <(\w{4})>$", table, re.M):
            first = int(low, 16)
            letters |= {glyph: chr(int(to, 16) + glyph - first) for glyph in range(first, int(high, 16) + 1)}
        glyphs = ["".join(re.findall(r"<([0-9A-F]+)>", stream)) for stream in streams]
        words = [letters.get(int(part[at : at + 4], 16), "") for part in glyphs for at in range(0, len(part), 4)]
        readings.append("".join(words).replace(" ", ""))
    return readings


@pytest.mark.parametrize("name", ["study", "run"])
def test_print_holds_the_label_and_cuts_nothing_off(opened, name):
    """The PDF says on paper that the data are synthetic; no table is wider than its page or hides what is below."""
    page = opened(name)
    pdf = page.pdf(prefer_css_page_size=True)
    readings = words_of(pdf)
    assert any("Syntheticdata:madeup" in words for words in readings)
    heads = max(words.count("intervalmethod") for words in readings)
    assert heads >= {"study": 10, "run": 0}[name], "the head of the facts stands on every page they take"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": {"study": 1032, "run": 718}[name], "height": 700})
    boxes = "[...document.querySelectorAll('.scroll, .text, .words pre, .words table')]"
    boxes += ".filter(each => each.checkVisibility())"
    assert set(page.evaluate(f"{boxes}.map(each => getComputedStyle(each).overflow)")) == {"visible"}
    assert page.evaluate("document.documentElement.scrollWidth") <= {"study": 1032, "run": 718}[name]
