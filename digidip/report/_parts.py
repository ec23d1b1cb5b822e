"""What both pages are made of: badges, pictures' alt texts, scrolling containers, tables of CSV text, captions."""

import csv
import io
import re
from html import escape
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digidip.translation import gettext, language, ngettext

FOLDER = Path(__file__).parent / "page"
BADGES = {
    "synthetic": "Synthetic data: made up to try the method. Nothing on this page describes any ministry.",
    "derived-public": "Derived-public data: numbers printed in public sources.",
    "real": "Real data: computed from an export.",
}
ROWS_SHOWN = 200
_NUMBER = re.compile(r"([-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?)?", re.IGNORECASE)


def templates(**filters):
    """The templates of the pages with these filters besides the shared ones; whatever they print is escaped."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)
    made.globals["language"] = language
    made.filters |= {"address": address, "alternative": alternative, "caption": caption, "unbroken": unbroken} | filters
    made.filters["translated"] = gettext  # for words that are not ours: what `_` returns is taken for safe
    return made


def badges(label):
    """The badges of a page as a list of (label, what it means).

    label: one label, several joined by ", ", or None where nothing was measured.
    """
    found = [(each, gettext(BADGES.get(each, each))) for each in labels(label)]
    return found or [("none", gettext("No measured data on this page."))]


def labels(label):
    """The single labels in "real, synthetic"; none in None."""
    return label.split(", ") if label else []


def address(path):
    """A path as the address of a file beside the page: no scheme, no host, no root, whatever the text says.

    >>> address("javascript:alert(1)//a b#.png"), address("//host/x")
    ('./javascript%3Aalert%281%29//a%20b%23.png', './//host/x')
    """
    return "./" + quote(path, errors="replace")


def unbroken(text):
    """A sentence in which "n = 146" and "12 %" stay on one line.

    >>> unbroken("12 % (n = 146)")
    '12\xa0% (n\xa0=\xa0146)'
    """
    return re.sub(" (?=[=%])|(?<==) ", "\u00a0", text)


def alternative(alt):
    """The alt text of a picture; ValueError where it says nothing."""
    if alt.strip().lower() in ("", "image", "figure"):
        raise ValueError("a picture has no alt text. Expected what it shows, in words. Draw it with digidip.figures.")
    return alt.strip()


def scrolling(html, name):
    """The HTML in a container that scrolls sideways by itself, by keyboard too."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(name)}">{as_english(html)}</div>'


def as_english(html):
    """What a notebook shows, marked as English on a page of another language."""
    return html if language() == "en" or not html else f'<div lang="en">{html}</div>'


def caption(figure):
    """The table behind a figure, folded, and the links to the files beside the page.

    figure: a dict with `name` and `csv`, the text of the table.
    """
    name, file = escape(figure["name"]), quote(figure["name"], safe="", errors="replace")
    return (
        f"<figcaption><details><summary>{_about('Table behind this figure: {name}', name)}</summary>"
        f"{scrolling(table(figure['csv']), _about('Table behind {name}', figure['name']))}</details>"
        f'<p class="files"><a href="tables/{file}.csv" download>{_about("Table of {name} (CSV)", name)}</a> '
        f'<a href="figures/{file}.png" download>{_about("Picture of {name} (PNG)", name)}</a> '
        f'<a href="figures/{file}.svg" download>{_about("Picture of {name} (SVG)", name)}</a></p></figcaption>'
    )


def _about(words, name):
    """Words about a figure, in the language of the page."""
    return gettext(words).format(name=name)


def table(text):
    """CSV text as an HTML table, columns of numbers to the right; a long one is cut, and says so."""
    head, *rows = csv.reader(io.StringIO(text))
    numbers = [all(_NUMBER.fullmatch(cell) for cell in column) for column in zip(*rows, strict=True)]
    kinds = [' class="number"' if number else "" for number in numbers] or [""] * len(head)
    columns = _cells('<th scope="col"{}>{}</th>', kinds, head)
    body = "".join(f"<tr>{_cells('<td{}>{}</td>', kinds, row)}</tr>" for row in rows[:ROWS_SHOWN])
    words = gettext("The first {shown} of {number} rows; all are in the CSV file.")
    cut = f"<p>{words.format(shown=ROWS_SHOWN, number=f'{len(rows):,}')}</p>" if rows[ROWS_SHOWN:] else ""
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>{cut}"


def _cells(form, kinds, texts):
    """The cells of one row."""
    return "".join(form.format(kind, escape(text)) for kind, text in zip(kinds, texts, strict=True))
