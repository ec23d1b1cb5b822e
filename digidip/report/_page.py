"""The page of one run, without any script.

Outputs are let through by kind, never by trust: HTML that our own classes made (their metadata say `digidip`), pictures
that have an alt text, and text, escaped. Everything else appears as its plain text or not at all.
"""

import csv
import io
import re
from html import escape

from markupsafe import Markup

from digidip.report._parts import alternative, as_english, badges, caption, scrolling, templates
from digidip.translation import gettext

_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")


def page(notebook_node, *, title, label, about="", finding=(), study=None):
    """The HTML page of an executed notebook.

    notebook_node: the notebook as nbformat reads it; it is not changed.
    title: plain text; heading of the page in place of the notebook's own first heading.
    about: plain text; the selection that the run is about, such as ministry, account and window.
    label: the label of the data ("synthetic"), several joined by ", ", or None where the notebook states no fact.
    finding: the sentences under the heading; the output that states them is not shown a second time.
    study: the study this run belongs to, {"title": plain text, "href": path of its page from this one}, or None.
    A part in which no number could be told is left out and named once, under the finding; the notebook beside the page has it.
    Returns the page as text; ValueError for a picture without alt text.
    """
    template = templates(code=_code, shown=_shown).get_template("run.html.j2")
    parts = [(heading, part, _tells_nothing(part)) for heading, part in _parts(_body(notebook_node.cells))]
    left_out = [heading for heading, _, is_empty in parts if is_empty]
    cells, contents = _with_contents([cell for _, part, is_empty in parts if not is_empty for cell in part])
    given = {"title": title, "about": about, "badges": badges(label), "finding": finding, "study": study}
    return template.render(**given, left_out=left_out, cells=cells, contents=contents)


def _body(cells):
    """The cells worth showing, the notebook's own title left out: the page has one heading of that level."""
    cells = [dict(cell) for cell in cells if cell.source.strip()]
    for cell in cells:
        if cell["cell_type"] == "markdown" and re.search(r"(?m)^# ", cell["source"]):
            cell["source"] = re.sub(r"(?m)^# .*", "", cell["source"], count=1)
            break
    return cells


def _parts(cells):
    """The cells by second-level heading, as (heading, cells); words of the part before it, in the same cell, stay there."""
    parts = [("", [])]
    for cell in cells:
        texts = re.split(r"(?m)^(?=## )", cell["source"]) if cell["cell_type"] == "markdown" else [cell["source"]]
        for text in texts:
            if cell["cell_type"] == "markdown" and text.startswith("## "):
                parts.append((text.partition("\n")[0].removeprefix("## ").strip(), []))
            if text.strip():
                parts[-1][1].append(cell | {"source": text})
    return parts


def _tells_nothing(cells):
    """Whether numbers should stand in these cells and none does: no value, no bound, no figure of known values."""
    about = [
        (output.get("metadata", {}).get("digidip", {}), output) for cell in cells for output in cell.get("outputs", [])
    ]
    facts = [fact for each, _ in about for fact in each.get("facts", ())]
    has_value = [any(fact.get(name) is not None for name in ("value", "low", "high")) for fact in facts]
    has_value += [_has_values(each["figure"]["csv"]) for each, _ in about if "figure" in each]
    has_value += [
        not output["data"].get("text/plain", "").startswith("no rows")
        for each, output in about
        if each and not each.get("facts") and "figure" not in each
    ]
    return bool(has_value) and not any(has_value)


def _has_values(text):
    """Whether the CSV behind a figure has a value: in the column before the first of n, or any row where there is none.

    >>> _has_values("day,posts,n\\n1,,0\\n"), _has_values("day,posts,n\\n1,,0\\n2,0,3\\n"), _has_values("day,n\\n")
    (False, True, False)
    """
    head, *rows = [*csv.reader(io.StringIO(text))] or [[]]
    at = next((at for at, name in enumerate(head) if name == "n" or name.startswith("n_")), 0)
    return any(not at or row[at - 1] for row in rows if row)


def _with_contents(cells):
    """The cells, those of words as HTML whose headings have anchors, and the contents: (anchor, heading) of each."""
    contents = []

    def anchored(found):
        contents.append((f"part-{len(contents) + 1}", Markup(found[1]).striptags()))
        return f'<h2 id="{contents[-1][0]}">{found[1]}</h2>'

    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["html"] = Markup(re.sub(r"<h2>(.*?)</h2>", anchored, _words(cell["source"]), flags=re.DOTALL))
    return cells, contents


def _words(source):
    """Markdown as HTML, first-level headings one level down, and what may scroll sideways within reach of keys."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    # A page travels without the repository: of a link into it, such as ../docs/privacy.md, the words stay.
    source = re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", source)
    html = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source)
    return Markup(re.sub(r"<(/?)h1\b", r"<\1h2", re.sub(r"<(pre|table)>", r'<\1 tabindex="0">', html)))


def _code(source):
    """Python as HTML, its words marked by kind."""
    from nbconvert.filters.highlight import Highlight2HTML

    return Markup(Highlight2HTML(pygments_lexer="ipython3")(source))


def _shown(output):
    """One output of a cell as HTML, made safe by kind."""
    return Markup(_html(output))


def _html(output):
    """The HTML of one output."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    if "finding" in metadata.get("digidip", {}):
        return ""
    if "image/png" in data:
        return _figure(data["image/png"], metadata)
    if "text/html" in data and "digidip" in metadata:
        return scrolling(data["text/html"], gettext("Table"))
    if output.output_type == "error":
        return _text(f"{output.ename}: {output.evalue}")
    if output.get("name") == "stderr":
        return ""
    return _text(output.get("text") or data.get("text/plain", ""), wraps=output.output_type == "stream")


def _text(text, wraps=False):
    """Plain text as HTML, without the colour codes of a terminal; what is printed wraps, such as the line of versions."""
    clean = escape(_ANSI.sub("", text).strip("\n"))
    kind = "text line" if wraps or "\n" not in clean else "text"
    return as_english(f'<pre class="{kind}" tabindex="0">{clean}</pre>' if clean else "")


def _figure(picture, metadata):
    """A picture with its alt text, the table behind it, and both as files."""
    alt = escape(alternative(metadata.get("image/png", {}).get("alt", "")))
    image = f'<img src="data:image/png;base64,{escape("".join(picture.split()))}" alt="{alt}">'
    figure = metadata.get("digidip", {}).get("figure")
    return f"<figure>{image}{caption(figure) if figure else ''}</figure>"
