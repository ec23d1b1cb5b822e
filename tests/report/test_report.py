"""The pages of runs and studies: alt text on every picture, hostile text inert, labels that cannot be overlooked."""

import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import nbformat
import pytest
from nbformat import v4

from digidip import report

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e \"'&"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def output(data, metadata=None):
    """An output that a cell displayed."""
    return v4.new_output("display_data", data=data, metadata=metadata or {})


def figure(csv="day,n\n2016-01-01,3\n", alt="Three posts. Synthetic.", name="posts"):
    """A figure as digidip.figures shows it."""
    metadata = {"image/png": {"alt": alt}, "digidip": {"figure": {"name": name, "csv": csv}}}
    return output({"image/png": PIXEL, "text/plain": f"<figure {name}>"}, metadata)


def notebook(*outputs, words="# What was said?\n\nIn short."):
    """A notebook of a heading and one executed cell."""
    code = v4.new_code_cell("1 + 1  # sum", execution_count=1, outputs=list(outputs))
    return v4.new_notebook(cells=[v4.new_markdown_cell(words), code, v4.new_code_cell("")])


def elements(html):
    """Every start tag of the page as (tag, attributes)."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


def shown(html):
    """The text of the page as a reader sees it."""
    parts = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(html)
    return "".join(parts)


def made(*outputs, label="synthetic", **given):
    """The page of a small notebook."""
    return report.page(notebook(*outputs, **given), title="What was said?", label=label)


def test_no_script_no_request_no_event():
    """The page has no script, no event attribute, nothing it would fetch, and a policy that forbids all three."""
    html = made(figure(), output({"text/html": "<b>1</b>", "text/plain": "1"}, {"digidip": {"facts": []}}))
    found = elements(html)
    assert not {tag for tag, _ in found} & {"script", "iframe", "object", "embed", "link", "base", "form"}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on")]
    assert all(given["src"].startswith("data:") for _, given in found if "src" in given)
    assert not re.search(r"https?://|@import|url\(", html)
    policy = [given["content"] for _, given in found if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'"]


def test_hostile_text_is_inert_wherever_it_stands():
    """A hostile comment in a table, a file name, an alt text, a title or a print adds no element and stays readable."""
    calm, hostile = (
        report.page(
            notebook(
                figure(csv=f'text,n\n"{text.replace(chr(34), chr(34) * 2)}",1\n', alt=text, name=text),
                v4.new_output("stream", name="stdout", text=text),
                output({"text/plain": text}),
                v4.new_output("error", ename="E", evalue=text, traceback=[]),
            ),
            title=text,
            label="real",
        )
        for text in ("calm", HOSTILE)
    )
    assert [tag for tag, _ in elements(hostile)] == [tag for tag, _ in elements(calm)]
    assert [set(given) for _, given in elements(hostile)] == [set(given) for _, given in elements(calm)]
    assert shown(hostile).count(HOSTILE) >= 5
    assert [given["alt"] for tag, given in elements(hostile) if tag == "img"] == [HOSTILE]


def test_html_of_others_appears_as_its_plain_text():
    """HTML passes only with the mark of our own classes; a pandas table appears as the text it also has."""
    html = made(output({"text/html": "<table id=pandas><script>1</script>", "text/plain": "a < b"}))
    assert "pandas" not in html and "a < b" in shown(html)
    assert "<b>ours</b>" in made(output({"text/html": "<b>ours</b>"}, {"digidip": {"facts": []}}))


@pytest.mark.parametrize("kind", ["application/javascript", "image/svg+xml", "text/markdown", "text/latex"])
def test_other_kinds_of_output_do_not_appear(kind):
    """What is neither our HTML nor a picture nor text is left out; its plain text stands for it."""
    html = made(output({kind: "<svg onload=alert(1)>", "text/plain": "plain words"}))
    assert "onload" not in html and "plain words" in html


def test_every_picture_has_its_alt_text_and_its_table():
    """The alt text of the output's metadata reaches the picture; the table behind it follows, with both files."""
    html = made(figure())
    found = elements(html)
    assert [given["alt"] for tag, given in found if tag == "img"] == ["Three posts. Synthetic."]
    assert [given for tag, given in found if tag == "th"] == [{"scope": "col"}, {"scope": "col", "class": "number"}]
    assert [given for tag, given in found if tag == "td"] == [{}, {"class": "number"}]
    assert [given["href"] for tag, given in found if tag == "a"] == [
        "tables/posts.csv",
        "figures/posts.png",
        "figures/posts.svg",
    ]
    assert "2016-01-01" in shown(html)


@pytest.mark.parametrize("alt", ["", "  ", "Image"])
def test_picture_without_alt_text_is_refused(alt):
    """A picture that says nothing to who cannot see it makes no page."""
    with pytest.raises(ValueError, match="no alt text"):
        made(figure(alt=alt))


def test_long_table_says_that_it_is_cut():
    """201 rows show as 200, and the page says where the rest is; 200 rows are not cut."""
    rows = "".join(f"{number}\n" for number in range(201))
    assert "first 200 of 201 rows" in made(figure(csv=f"n\n{rows}"))
    assert "first 200" not in made(figure(csv="n\n" + rows.replace("200\n", "")))


def test_one_first_heading():
    """The title is the only first-level heading, whatever the notebook's markdown says."""
    html = made(words="# What was said?\n\nText.\n\n# Second\n\n## Third\n\n<h1>raw</h1>")
    assert [tag for tag, _ in elements(html) if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2", "h2"]
    assert shown(html).count("What was said?") == 2
    assert ("html", {"lang": "en"}) in elements(html)


def test_a_link_into_the_repository_is_its_words():
    """A page travels alone: ../docs is not there, a page of the web is."""
    html = made(words="# T\n\nSee [M04](../docs/claims-and-studies.md#m04) and [Gephi](https://gephi.org).")
    assert "See M04 and Gephi." in shown(html)
    assert [given["href"] for tag, given in elements(html) if tag == "a"] == ["https://gephi.org"]


def test_a_part_that_tells_nothing_is_named_once_and_left_out():
    """Parts without any value, bound or row go, figures of missing values too; how to read the part before stays with it."""
    stated = [
        output({"text/html": "<p>t</p>", "text/plain": text}, {"digidip": {"facts": facts}})
        for text, facts in (
            ("none", [{"value": None}]),
            ("no rows\n(posts)", []),
            ("one", [{"value": None}, {"value": 0}]),
            ("bounds", [{"value": None, "low": 0, "high": 34}]),
        )
    ]
    parts = [
        ("## First?", [stated[0], figure("day,mean,n\n1,,4\n")]),
        ("Read the first.\n\n## Second?", [stated[1], figure("day,n\n")]),
        ("Read the second.\n\n## Third?", [stated[2]]),
        ("## Drawn?", [stated[0], figure("day,mean,n\n1,0,4\n")]),
        ("## Bounds?", [stated[3]]),
        ("## Limits", []),
    ]
    cells = [
        cell
        for words, outputs in parts
        for cell in (v4.new_markdown_cell(words), v4.new_code_cell("x", outputs=outputs))
    ]
    html = report.page(v4.new_notebook(cells=cells), title="T", label="real")
    text = shown(html)
    assert "can be told from what is held: First? · Second?" in text.replace("\u2060", "")
    assert (
        re.findall("<h2[^>]*>(.*?)</h2>", html) == ["Third?", "Drawn?", "Bounds?", "Limits"] and "Read the" not in text
    )


def test_label_is_unmistakable():
    """The label stands first on the page, in words, and in the title of the window."""
    html = made(label="derived-public, synthetic")
    badges = [given["class"] for tag, given in elements(html) if "badge" in given.get("class", "")]
    assert badges == ["badge derived-public", "badge synthetic"]
    assert html.index("Synthetic data") < html.index("<h1")
    assert "<title>What was said? (derived-public, synthetic)</title>" in html
    assert "No measured data" in made(label=None) and "Synthetic" not in made(label=None)


def test_the_line_of_versions_is_read_whole():
    """What a cell prints wraps, however many lines it has; a table in plain text keeps its columns."""
    printed = v4.new_output("stream", name="stdout", text="Python 3.11.7, digidip 0.1.0\ndata='sample'\n")
    table = v4.new_output("execute_result", {"text/plain": "a  b\n1  2"}, execution_count=1)
    assert made(printed).count('<pre class="text line"') == 1
    assert made(table).count('<pre class="text"') == 1


def test_colour_codes_and_warnings_are_left_out():
    """Terminal colours leave their words; standard error is not shown; an empty output leaves nothing."""
    html = made(
        v4.new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m words\n"),
        v4.new_output("stream", name="stderr", text="/home/me/x.py: UserWarning"),
        v4.new_output("stream", name="stdout", text="\x1b[0m\n"),
    )
    assert "red words" in html and "\x1b" not in html and "UserWarning" not in html
    assert html.count('<pre class="text line"') == 1


def test_a_run_leads_back_to_its_study():
    """The first link of a run's page is the study's page, a path whatever it says; without a study there is none."""
    given = {"title": "Five <ministries>", "href": "../../index.html"}
    html = report.page(notebook(), title="T", label="real", study=given)
    assert [given for tag, given in elements(html) if tag == "a"] == [{"href": "./../../index.html"}]
    assert "Study: Five <ministries>" in shown(html)
    hostile = report.page(notebook(), title="T", label="real", study=given | {"href": "javascript:alert(1)"})
    assert [given["href"] for tag, given in elements(hostile) if tag == "a"] == ["./javascript%3Aalert%281%29"]
    assert "<nav" not in made()


def test_code_is_folded_and_input_unchanged():
    """Each code cell folds without a script, an empty one leaves nothing, and the notebook stays as it was."""
    node = notebook(figure())
    before = nbformat.writes(node)
    html = report.page(node, title="T", label="real")
    folded = [given for tag, given in elements(html) if tag == "details" and given.get("class") == "code"]
    assert folded == [{"class": "code"}] and "sum" in shown(html)
    assert nbformat.writes(node) == before


def luminance(colour):
    """Relative luminance of #rrggbb, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_in_light_and_dark():
    """Every text colour stands out at least 4.5 : 1 from both grounds, in the light and the dark scheme."""
    css = (Path(report.__file__).parent / "page" / "page.css").read_text(encoding="utf-8")
    schemes = [
        dict(re.findall(r"--([a-z-]+): (#\w{6})", part)) for part in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    assert len(schemes) == 3
    for scheme in schemes[:2]:
        texts = [(scheme[name], scheme[ground]) for name in ("ink", "muted", "link", "keyword", "text", "number")
                 for ground in ("ground", "panel")]  # fmt: skip
        for text, ground in [*texts, (scheme["badge-ink"], scheme["badge"])]:
            light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def verdict(**changed):
    """One verdict of a run."""
    given = {"id": "F002", "figure": "Mean comments per post", "published": "65 comments/post", "computed": 65.0}
    given |= {"n": 146, "low": 59.9766, "high": 70.2483, "label": "synthetic", "verdict": "fixture-match", "reason": ""}
    return given | changed


def fact(name="comments_per_post", value=65.0, **changed):
    """One fact of a study."""
    given = {"row": "USA, 2016-01", "notebook": "10-comment-analysis", "name": name, "group": "mean", "value": value}
    given |= {"unit": "comments per post", "n": 146, "low": 59.9766, "high": 70.2483, "label": "synthetic"}
    return given | {"method": "bootstrap, 2,000 draws"} | changed


def done(notebook, row, folder, **changed):
    """One finished run of a study."""
    given = {"notebook": notebook, "row": row, "status": "done", "folder": folder, "label": "synthetic", "facts": 31}
    main = {"name": "exceedance", "alt": "Synthetic data. The share of posts falls as comments rise."}
    silent = verdict(id="F004", computed=None, low=None, high=None, verdict="not testable here", reason="not available")
    given |= {"parameters": {"ministry": "USA", "threshold": 100}, "data": ["3f2a9c" * 8], "main": main, "error": None}
    found = ["In synthetic data, a post drew 65 comments (95 % interval 60 to 70; n = 146)."]
    return given | {"verdicts": [verdict(), verdict(id="F001"), silent], "finding": found} | changed


def undone(notebook, row, status, error=None):
    """One run of a study that has no page."""
    given = {"notebook": notebook, "row": row, "status": status, "folder": "", "label": None, "facts": 0}
    given |= {"parameters": {"ministry": "PER"}, "data": [], "main": None, "error": error}
    return given | {"verdicts": [], "finding": []}


def a_study(**changed):
    """A study of two notebooks and three rows: two runs done, the others failed, missing, excluded and not told of."""
    failed = {"cell": "In [4] `x = posts[0]`", "message": "KeyError: 0", "code": 1}
    runs = [
        done("10-comment-analysis", 0, "runs/10-comment-analysis/ministry-USA"),
        done("11-responsiveness", 0, "runs/11-responsiveness/ministry-USA", facts=1, verdicts=[], main=None),
        undone("10-comment-analysis", 1, "failed", failed),
        undone("11-responsiveness", 1, "excluded"),
        undone("10-comment-analysis", 2, "missing"),
    ]
    rows = ["USA, 2016-01", "PER, 2016-01", "GBR, 2016-01"]
    facts = [
        fact(),
        fact("replies", None, low=None, high=None, n=None, group=""),
        fact("posts", 9484),
        fact("ten", 10.5),
    ]
    notebooks = ["10-comment-analysis", "11-responsiveness"]
    given = {
        "slug": "five-ministries",
        "title": "Five ministries in one month",
        "question": "Who is answered?",
        "description": "",
        "statement": None,
        "label": "synthetic",
        "axes": ["ministry", "month"],
        "notebooks": [{"name": name, "title": "How much do people comment?"} for name in notebooks],
        "rows": [{"name": name, "parameters": {"ministry": name[:3]}} for name in rows],
        "runs": runs,
        "facts": facts,
        "compared": [{"name": "comments-per-post", "alt": "Synthetic data. USA 65.", "csv": "ministry,n\nUSA,146\n"}],
        "account": [{"step": "read", "rows_in": 150, "rows_out": 146}, {"step": "attach", "reason": "no account"}],
        "notes": ["capped harvest"],
        "citation": {"text": "Five ministries. Study.", "bibtex": "@misc{five,\n  title = {Five}\n}"},
        "versions": {"python": "3.11.7", "digidip": "0.1.0"},
        "files": {"facts": "facts.csv", "study": "study.json", "crate": "ro-crate-metadata.json"},
    }
    return given | changed


def texts(html, tag):
    """The text of every element of this kind, which holds no other of its kind."""
    return [shown(part).strip() for part in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL)]


def test_study_page_tells_everything_in_order():
    """Label, title, question and counts come first; then the parts of the page, as second headings."""
    html = report.index(a_study())
    parts = ["Findings", "Compared", "Matrix", "Facts", "Published and computed", "What failed", "Account of rows"]
    assert texts(html, "h2") == [*parts, "How to cite", "Versions"] and texts(html, "h1") == [
        "Five ministries in one month"
    ]
    places = [html.index(text) for text in ("Synthetic data: made up", "<h1>", "Who is answered?", "Runs: 2 done")]
    assert places == sorted(places)
    assert "Runs: 2 done, 1 failed, 2 missing, 1 excluded." in html and "capped harvest" in html
    assert "<title>Five ministries in one month (synthetic)</title>" in html
    assert ("html", {"lang": "en"}) in elements(html)
    assert {"3.11.7", "0.1.0"} <= set(texts(html, "dd")) and "@misc{five,\n  title" in html


def test_study_page_opens_with_what_the_runs_found():
    """Before the matrix one row for each run that found something, and no part of that name where none did."""
    html = report.index(a_study())
    text = shown(html)
    assert text.index("Runs: 2 done") < text.index("Findings") < text.index("Matrix") < text.index("Facts")
    assert html.count("<td><p>In synthetic data, a post drew 65 comments") == 2
    silent = [done("10-comment-analysis", 0, "runs/10-comment-analysis/ministry-USA", finding=[])]
    assert "Findings" not in report.index(a_study(runs=silent))


def test_printed_numbers_are_no_figures_of_a_ministry():
    """A verdict on printed numbers alone, which every run states, stands once, last, and in no row of the study."""
    printed = verdict(id="F001 F005", label="derived-public", verdict="compatible")
    runs = [done("10-comment-analysis", row, f"runs/{row}", verdicts=[printed, verdict()]) for row in (0, 1)]
    html = report.index(a_study(runs=runs))
    rows = texts(html.partition("<h2>Published and computed")[2].partition("</table>")[0], "tr")[1:]
    assert [("F001 F005" in row, row.startswith("printed numbers alone")) for row in rows] == [(False, False)] * 2 + [
        (True, True)
    ]
    assert "1 fixture-match</p>" in html and "1 compatible" not in html


def test_matrix_says_in_words_how_each_run_ended():
    """A done run has its verdicts, page and picture; a failed one its cell and message and no link."""
    html = report.index(a_study()).partition("<h2>Facts")[0].partition("<h2>Matrix")[2]
    cells = [" ".join(cell.split()) for cell in texts(html, "td")]
    assert cells == [
        "\u2713 done; synthetic data Page of this run: USA, 2016-01, 10-comment-analysis "
        "31 facts; 2 fixture-match, 1 not testable here",
        "\u2713 done; synthetic data Page of this run: USA, 2016-01, 11-responsiveness "
        "1 fact; no published figure compared",
        "\u2717 failed In [4] `x = posts[0]` KeyError: 0",
        "\u2013 excluded",
        "\u2026 missing",
        "\u2026 missing",
    ]
    assert [given["href"] for tag, given in elements(html) if tag == "a"] == [
        "./runs/10-comment-analysis/ministry-USA/index.html",
        "./runs/11-responsiveness/ministry-USA/index.html",
    ]
    [picture] = [given for tag, given in elements(html) if tag == "img"]
    assert picture["src"] == "./runs/10-comment-analysis/ministry-USA/figures/exceedance.png"
    assert picture["alt"] == "Synthetic data. The share of posts falls as comments rise."


@pytest.mark.parametrize(
    ("label", "statement", "warned"),
    [("real", None, True), ("real, synthetic", None, True), ("derived-public", None, False), ("synthetic", None, False),
     ("real", {"purpose": "teaching", "legal_basis": "", "retention": "2027", "contact": "desk"}, False)],
)  # fmt: skip
def test_real_data_without_a_statement_is_said_in_the_head(label, statement, warned):
    """One run on real data is enough for the warning; a statement stands there in its place, its gaps named."""
    runs = [done("10-comment-analysis", 0, "a"), done("11-responsiveness", 0, "b", label=label)]
    head = report.index(a_study(runs=runs, statement=statement)).partition("</header>")[0]
    assert ("no data statement (purpose, legal basis, retention, contact)" in shown(head)) == warned
    assert texts(head, "dd") == (["teaching", "not stated", "2027", "desk"] if statement else [])


def test_facts_and_verdicts_of_all_runs_stand_in_one_table_each():
    """Numbers are written for people and sorted by their exact value; what is missing says so and sorts by nothing."""
    html = report.index(a_study())
    facts, verdicts = html.partition("<h2>Facts")[2].partition("<h2>What failed")[0].split("<h2>Published")
    rows = [texts(row, "t[dh]") for row in re.findall("<tr>.*?</tr>", facts)]
    assert [row[3:7:3] for row in rows] == [
        ["value", "interval"], ["65", "59.98 to 70.25"], ["missing", ""], ["9,484", "59.98 to 70.25"],
        ["10.5", "59.98 to 70.25"],
    ]  # fmt: skip
    exact = [given["data-value"] for _, given in elements(facts) if "data-value" in given]
    assert exact[:6] == ["65.0", "146", "59.9766", "", "", ""]
    rows = [texts(row, "t[dh]") for row in re.findall("<tr>.*?</tr>", verdicts)][1:]
    assert [row[1] for row in rows] == ["F002", "F001", "F004"]
    found = [[row[2].removesuffix("synthetic"), row[-1]] for row in rows]  # the verdict stands beside its figure
    assert found == [["fixture-match", ""]] * 2 + [["not testable here", "not available"]]
    assert all(row[2].endswith("synthetic") for row in rows)


def test_a_share_stands_in_the_unit_that_was_printed():
    """Twelve per cent stand beside 11.6 per cent, not beside four more digits; a count beside a count."""
    figures = [
        verdict(id="F003", published="12 % of posts", computed=11.6438),
        verdict(published="17 or 18 posts", computed=17),
    ]
    html = report.index(a_study(runs=[done("10-comment-analysis", 0, "a", verdicts=figures)]))
    rows = [texts(row, "t[dh]") for row in re.findall("<tr>.*?</tr>", html.partition("<h2>Published")[2])][1:3]
    assert [row[4:6] for row in rows] == [["12 % of posts", "11.6 %"], ["17 or 18 posts", "17"]]


def test_the_only_script_is_ours_and_the_policy_knows_it_by_its_hash():
    """One inline script of at most 25 lines, allowed by its hash; no other way to run one, nothing is fetched."""
    html = report.index(a_study())
    [script] = re.findall("<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    [policy] = [given["content"] for _, given in elements(html) if given.get("http-equiv")]
    given = "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; script-src 'sha256-"
    assert policy == f"{given}{digest}'" and len(script.splitlines()) <= 25
    assert not [name for _, attributes in elements(html) for name in attributes if name.startswith("on")]
    assert not re.search(r"https?://|@import|url\(", html)


def hostile_twin(value, text):
    """The same structure with this text for every name and text in it, but status words and keys that are fixed."""
    if isinstance(value, dict):
        return {key: each if key == "status" else hostile_twin(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile_twin(each, text) for each in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize(
    "text", [HOSTILE, "javascript:alert(1)", "//host/x", "</style></pre>{{ 7 * 7 }}<svg onload=alert(1)>"]
)
def test_hostile_study_is_inert(text):
    """Hostile text in every place of the study, keys included, adds no element and no attribute, and leaves no path."""
    given, pages = (
        a_study(description="words", statement=dict.fromkeys(["purpose", "legal_basis", "retention", "contact"], "w")),
        [],
    )
    for words in ("calm", text):
        study = hostile_twin(given, words)
        # A run belongs to its row and notebook by name, so there is one notebook and one run here.
        study |= {
            "notebooks": study["notebooks"][:1],
            "runs": [study["runs"][0], study["runs"][2]],
            "versions": {words: words},
        }
        study["runs"][0]["parameters"], study["account"] = {words: words}, [{words: words}]
        pages.append(report.index(study))
    calm, hostile = ([(tag, set(given)) for tag, given in elements(html)] for html in pages)
    assert calm == hostile
    assert shown(pages[1]).count(text) >= 40
    links = [given.get("href") or given["src"] for tag, given in elements(pages[1]) if tag in ("a", "img")]
    assert not [link for link in links if urlsplit(link).scheme or urlsplit(link).netloc or link.startswith("/")]


@pytest.mark.parametrize("place", ["main", "compared"])
def test_study_picture_without_alt_text_is_refused(place):
    """A picture of a study says in words what it shows, or there is no page."""
    study = a_study()
    (study["runs"][0]["main"] if place == "main" else study["compared"][0])["alt"] = " "
    with pytest.raises(ValueError, match="no alt text"):
        report.index(study)


def test_study_is_not_changed_and_must_be_whole():
    """The page leaves the study as it was, takes one that went through JSON, and refuses one without its facts."""
    study = a_study()
    before = copy.deepcopy(study)
    assert report.index(json.loads(json.dumps(study))) == report.index(study) and study == before
    del study["facts"]
    with pytest.raises(jinja2.UndefinedError, match="facts"):
        report.index(study)


def test_half_a_surrogate_pair_can_still_be_written():
    """Odd text in a fact or a folder does not keep the page from its file."""
    html = report.index(a_study(facts=[fact("half \ud83d")], runs=[done("10-comment-analysis", 0, "runs/\ud83d")]))
    assert "half ?" in html and html.encode()


def test_study_of_one_run_has_no_empty_parts():
    """One run, no comparison, nothing failed, no label: no such headings, and a badge for nothing measured."""
    run = done("10-comment-analysis", 0, "a", label=None, verdicts=[], main=None)
    one = {"axes": [], "rows": [{"name": "defaults", "parameters": {}}], "runs": [run], "label": None, "account": []}
    html = report.index(
        a_study(**one, notebooks=[{"name": "10-comment-analysis", "title": "T"}], facts=[], compared=[])
    )
    assert not {"Compared", "What failed"} & set(texts(html, "h2"))
    assert "No measured data on this page." in html and "no data label" in html and "No account of rows" in html
    assert "No published figure was compared." in html and "No published" not in report.index(a_study())


def test_account_of_rows_shows_every_key_of_every_line():
    """Lines with other keys stand in one table; a key that a line lacks is an empty cell, not a number."""
    account = report.index(a_study()).partition("<h2>Account of rows")[2].partition("<h2>How")[0]
    assert texts(account, "th") == ["step", "rows in", "rows out", "reason"]
    assert texts(account, "td") == ["read", "150", "146", "", "attach", "", "", "no account"]
    kinds = [given.get("class") for tag, given in elements(account) if tag == "th"]
    assert kinds == [None, "number", "number", None]
