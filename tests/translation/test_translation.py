"""The catalogues: whole, with the places of each sentence; and a page that speaks one language."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from string import Formatter

import nbformat
import pandas as pd
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from click.testing import CliRunner

import digidip
from digidip import claims, report, translation
from digidip.claims.sentences import OPENINGS
from digidip.cli import main
from digidip.figures.verdicts import VERDICTS
from digidip.report._parts import BADGES, FOLDER
from digidip.studies._cache import key_of

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "10-comment-analysis.ipynb"
OTHERS = translation.LANGUAGES[1:]
KEYWORDS = dict.fromkeys(("_", "gettext", "_about", "_bounded")) | {"ngettext": (1, 2)}
PLACE = re.compile(r"%\(\w+\)s|\{[^}]*\}")


def catalogue(lang):
    """The catalogue of a language as Babel reads it, its header left out."""
    return {each.id: each for each in read_po(BytesIO((translation.FOLDER / f"{lang}.po").read_bytes())) if each.id}


def messages():
    """Every message that the code or a template says."""
    methods = [("claims/**.py", "python"), ("report/**.py", "python"), ("report/page/**.j2", "jinja2")]
    methods += [("studies/_results.py", "python")]
    found = extract_from_dir(Path(digidip.__file__).parent, methods, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def words():
    """Every word that is not literal where it is translated: labels, verdicts, headings of tables, sentences of 10."""
    template = (FOLDER / "study.html.j2").read_text(encoding="utf-8")
    heads = [name for names in re.findall(r"head\(\[(.*?)\]", template) for name in re.findall(r"'([^']+)'", names)]
    cells = "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if "claims.finding" in cell.source)
    sentences = [text for text in re.findall(r'"([^"]+)"', cells) if " " in text]
    looks = [word for word in VERDICTS if word != "source text missing"]
    return {*BADGES.values(), *filter(None, OPENINGS.values()), *looks, *heads, *sentences}


@pytest.mark.parametrize("lang", OTHERS)
def test_a_catalogue_has_every_message_with_its_places(lang):
    """None is missing, empty or unsure; a translation has the places of its sentence, in their order."""
    found = catalogue(lang)
    known = {one if isinstance(one, str) else one[0] for one in found}
    wanted = {one if isinstance(one, str) else one[0] for one in messages() | words()}
    assert wanted - known == set() and len(messages()) > 50
    assert set(found) == set(catalogue("es"))
    for each in found.values():
        pairs = zip((each.id,) * 2 if isinstance(each.id, str) else each.id, (each.string,) * 2, strict=True)
        pairs = pairs if isinstance(each.id, str) else zip(each.id, each.string, strict=True)
        for source, said in pairs:
            assert said.strip() and not each.fuzzy and PLACE.findall(source) == PLACE.findall(said), source
            assert list(Formatter().parse(said)) and source[-1].isspace() == said[-1].isspace(), source


class Strings(HTMLParser):
    """The texts and labels of a page that are not marked as English, and the language of the page."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open, self.lang = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.lang = self.lang or given.get("lang", "")
        if tag not in ("meta", "img", "br", "hr", "input"):
            is_code = given.get("class") == "source"
            self.open.append(
                (tag, is_code or given.get("lang") == "en" or any(foreign for _, foreign in self.open[1:]))
            )
        self.found.add(given.get("aria-label"))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not (self.open and self.open[-1][1]):
            self.found |= {data.strip(), re.sub(r" \[\d+\]", "", data.strip())}


@pytest.mark.parametrize("lang", OTHERS)
def test_no_english_furniture_on_a_page(lang, monkeypatch):
    """What the page of notebook 10 says in English besides the notebook, it says in the other language."""
    node, given = nbformat.read(NOTEBOOK, 4), {"title": "What?", "label": "synthetic"}
    study = {"title": "T", "href": "index.html"}
    english = Strings(report.page(node, study=study, finding=["x"], **given))
    monkeypatch.setenv("DIGIDIP_LANG", lang)
    other, found = Strings(report.page(node, study=study, finding=["x"], **given)), catalogue(lang)
    furniture = {text for text in english.found if text in found and found[text].string != text}
    assert {"Contents", "Finding", "Table", BADGES["synthetic"]} <= furniture
    assert furniture & other.found == set() and (english.lang, other.lang) == ("en", lang)


ABOVE = pd.DataFrame({"ministry": ["PER"], "share_above": [0.25], "n": [8], "low": [0.07], "high": [0.59]})


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("es", ["25 % de las publicaciones (intervalo del 95 %: 7 % a 59 %; n = 8) atrajo más de 1 comentario."]),
        ("fr", ["25 % des publications (intervalle de 95 % : 7 % à 59 %; n = 8) ont attiré plus de 1 commentaire."]),
    ],
)
def test_a_finding_in_another_language(lang, expected, monkeypatch):
    """Whole sentences, the singular by the language's rule; what no catalogue has stays English as a whole."""
    monkeypatch.setenv("DIGIDIP_LANG", lang)
    assert list(claims.finding("real", "{} drew more than {:comments}", ABOVE, 1).sentences) == expected
    [own] = claims.finding("synthetic", "{} are mine", ABOVE).sentences
    assert own == "In synthetic data, 25 % of posts (95 % interval 7 % to 59 %; n = 8) are mine."
    [missing] = claims.finding("real", "{} drew more than {:comments}", ABOVE.assign(share_above=None), 1).sentences
    assert "cannot be told" in missing


def test_a_run_in_another_language_is_another_run(monkeypatch):
    """A finished page in English does not answer who asks for Spanish; English has the key that it always had."""
    english = key_of(NOTEBOOK, {})
    monkeypatch.setenv("DIGIDIP_LANG", "es")
    assert key_of(NOTEBOOK, {}) != english and key_of(NOTEBOOK, {}, "en") == english


def test_a_language_without_catalogue_is_wrong_use():
    """The command names the languages that there are."""
    done = CliRunner().invoke(main, ["run", "10", "--lang", "tlh"])
    assert done.exit_code == 2 and "'en', 'es', 'fr'" in done.output
