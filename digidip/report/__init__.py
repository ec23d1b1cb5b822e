"""The page of one run: static HTML that opens from disk, needs no script and no network, and reads aloud well.

Outputs are let through by kind, never by trust: HTML that our own classes made (their metadata say `digidip`), pictures
that have an alt text, and text, escaped. Everything else appears as its plain text or not at all.
"""

import csv
import io
import re
from html import escape
from pathlib import Path

BADGES = {
    "synthetic": "Synthetic data: made up to try the method. Nothing on this page describes any ministry.",
    "derived-public": "Derived-public data: numbers printed in public sources.",
    "real": "Real data: computed from an export.",
}
ROWS_SHOWN = 200
_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
_NUMBER = re.compile(r"([-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?)?", re.IGNORECASE)


def page(notebook_node, *, title, label):
    """The HTML page of an executed notebook.

    notebook_node: the notebook as nbformat reads it; it is not changed.
    title: plain text; heading of the page in place of the notebook's own first heading.
    label: the label of the data ("synthetic"), several joined by ", ", or None where the notebook states no fact.
    Returns the page as text; ValueError for a picture without alt text.
    """
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[str(Path(__file__).parent)],
        filters={"shown": _shown, "body": _body, "demoted": _demoted},
        exclude_anchor_links=True,
    )
    labels = label.split(", ") if label else []
    badges = [(each, BADGES.get(each, each)) for each in labels] or [("none", "No measured data on this page.")]
    return exporter.from_notebook_node(notebook_node, {"title": title, "badges": badges})[0]


def _body(cells):
    """The cells worth showing, the notebook's own title left out: the page has one heading of that level."""
    cells = [cell for cell in cells if cell.source.strip()]
    for cell in cells:
        if cell.cell_type == "markdown" and re.search(r"(?m)^# ", cell.source):
            cell.source = re.sub(r"(?m)^# .*", "", cell.source, count=1)
            break
    return cells


def _demoted(html):
    """The HTML with first-level headings one level down."""
    return re.sub(r"<(/?)h1\b", r"<\1h2", html)


def _shown(output):
    """One output of a cell as HTML."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    if "image/png" in data:
        return _figure(data["image/png"], metadata)
    if "text/html" in data and "digidip" in metadata:
        return _scrolling(data["text/html"], "Table")
    if output.output_type == "error":
        return _text(f"{output.ename}: {output.evalue}")
    return "" if output.get("name") == "stderr" else _text(output.get("text") or data.get("text/plain", ""))


def _text(text):
    """Plain text as HTML, without the colour codes of a terminal."""
    clean = escape(_ANSI.sub("", text).strip("\n"))
    kind = "text" if "\n" in clean else "text line"
    return f'<pre class="{kind}" tabindex="0">{clean}</pre>' if clean else ""


def _scrolling(html, name):
    """The HTML in a container that scrolls sideways by itself, by keyboard too."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(name)}">{html}</div>'


def _figure(picture, metadata):
    """A picture with its alt text, the table behind it, and both as files."""
    alt = metadata.get("image/png", {}).get("alt", "").strip()
    if alt.lower() in ("", "image", "figure"):
        raise ValueError("a picture has no alt text. Expected what it shows, in words. Draw it with digidip.figures.")
    image = f'<img src="data:image/png;base64,{escape("".join(picture.split()))}" alt="{escape(alt)}">'
    figure = metadata.get("digidip", {}).get("figure")
    return f"<figure>{image}{_caption(figure) if figure else ''}</figure>"


def _caption(figure):
    """The table behind a figure, folded, and the links to the files beside the page."""
    name = escape(figure["name"])
    return (
        f"<figcaption><details><summary>Table behind this figure: {name}</summary>"
        f"{_scrolling(_table(figure['csv']), 'Table behind ' + figure['name'])}</details>"
        f'<p class="files"><a href="tables/{name}.csv" download>Table of {name} (CSV)</a> '
        f'<a href="figures/{name}.png" download>Picture of {name} (PNG)</a></p></figcaption>'
    )


def _table(text):
    """CSV text as an HTML table, columns of numbers to the right; a long one is cut, and says so."""
    head, *rows = csv.reader(io.StringIO(text))
    numbers = [all(_NUMBER.fullmatch(cell) for cell in column) for column in zip(*rows, strict=True)]
    kinds = [' class="number"' if number else "" for number in numbers] or [""] * len(head)
    columns = _cells('<th scope="col"{}>{}</th>', kinds, head)
    body = "".join(f"<tr>{_cells('<td{}>{}</td>', kinds, row)}</tr>" for row in rows[:ROWS_SHOWN])
    cut = f"<p>The first {ROWS_SHOWN} of {len(rows):,} rows; all are in the CSV file.</p>" if rows[ROWS_SHOWN:] else ""
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>{cut}"


def _cells(form, kinds, texts):
    """The cells of one row."""
    return "".join(form.format(kind, escape(text)) for kind, text in zip(kinds, texts, strict=True))
