"""The site that `make docs` builds: the pages of the repository, the notebooks as committed, and the API."""

import re
from pathlib import Path

project, author, copyright = "digidip", "the digidip contributors", "the digidip contributors, BSD-3-Clause"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.apidoc"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "notebooks/*.ipynb", "data/reference/README.md", "benchmarks/README.md"]
suppress_warnings = ["myst.xref_ambiguous"]  # `page.md#terms` is the page's own anchor, whatever else has the name
html_theme, html_title, html_show_sphinx = "furo", "digidip", False
html_copy_source = False
nb_execution_mode = "off"
myst_heading_anchors = 4
default_role = "code"
apidoc_modules = [{"path": "../digidip", "destination": "docs/api", "automodule_options": {"members"}}]

ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
CITED = re.compile(r"docs/([a-z-]+)\.md(#[\w-]+)?")
PARTS = re.compile(r"(?:(?<=\n)|(?<=\. ))(?=\*\*(?:Unit|Source|Caution)\*\*|Parameters: |Returns )")
FACT = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?):(?= |$)", re.M)


def link_to_own_page(app, docname, source):
    """Links to an anchor of the same page name the page: only so are anchors found that no heading makes."""
    name = Path(app.env.doc2path(docname)).name
    source[0] = re.sub(r"\]\(#", f"]({name}#", source[0]) if name.endswith(".md") else source[0]


def keep_anchors(app, doctree):
    """The anchors that pages set by hand are known to links from other pages; a link to another one is an error."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix == ".md":
        slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
        slugs |= {anchor: (0, anchor, "") for anchor in ANCHOR.findall(path.read_text(encoding="utf-8"))}


def as_restructured_text(app, what, name, obj, options, lines):
    """A docstring in the words of Sphinx: citations are links, each part of a measure or fact of a reader stands apart."""
    text, example, code = "\n".join(lines).partition("\n>>> ")
    text = re.sub(r"(?<![*\w])\*(?!\*)|(?<!\*)\*(?![*\w])|\|", r"\\\g<0>", text)  # no markup
    text = re.sub(r"`([^`]+)`", lambda cell: f"`{cell[1].rstrip()}`", text)  # there, code may not end with a space
    text = CITED.sub(r"`\g<0> <../\1.html\2>`__", text)
    if "**Unit**" in text:
        text = PARTS.sub("\n\n", text)
    if what == "module" and "\nTool: " in text:
        text = FACT.sub(r":\1:", text)
    lines[:] = f"{text}{example}{code}".split("\n")


def finish_pages(app, error):
    """What Sphinx leaves open of accessibility: the level of captions, and what scrolls is reached by keys."""
    for path in () if error else Path(app.outdir).rglob("*.html"):
        html = path.read_text(encoding="utf-8").replace('role="heading">', 'role="heading" aria-level="2">')
        html = re.sub(r'<(?=pre>|div class="table-wrapper)(\w+)', r'<\1 tabindex="0"', html)
        path.write_text(html, encoding="utf-8")
    first = '<!doctype html><title>digidip</title><meta http-equiv="refresh" content="0; url=docs/index.html">'
    (Path(app.outdir) / "index.html").write_text(first, encoding="utf-8")


def setup(app):
    """What Sphinx asks of this file."""
    app.connect("source-read", link_to_own_page)
    app.connect("doctree-read", keep_anchors)
    app.connect("autodoc-process-docstring", as_restructured_text)
    app.connect("build-finished", finish_pages)
