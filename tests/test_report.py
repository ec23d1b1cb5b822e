"""The page of a run: no script, alt text on every picture, hostile text inert, labels that cannot be overlooked."""

import re
from html.parser import HTMLParser
from pathlib import Path

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
    assert [given["href"] for tag, given in found if tag == "a"] == ["tables/posts.csv", "figures/posts.png"]
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


def test_label_is_unmistakable():
    """The label stands first on the page, in words, and in the title of the window."""
    html = made(label="derived-public, synthetic")
    badges = [given["class"] for tag, given in elements(html) if "badge" in given.get("class", "")]
    assert badges == ["badge derived-public", "badge synthetic"]
    assert html.index("Synthetic data") < html.index("<h1>")
    assert "<title>What was said? (derived-public, synthetic)</title>" in html
    assert "No measured data" in made(label=None) and "Synthetic" not in made(label=None)


def test_colour_codes_and_warnings_are_left_out():
    """Terminal colours leave their words; standard error is not shown; an empty output leaves nothing."""
    html = made(
        v4.new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m words\n"),
        v4.new_output("stream", name="stderr", text="/home/me/x.py: UserWarning"),
        v4.new_output("stream", name="stdout", text="\x1b[0m\n"),
    )
    assert "red words" in html and "\x1b" not in html and "UserWarning" not in html
    assert html.count('<pre class="text line"') == 1


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
