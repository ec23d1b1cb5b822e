"""The map of an export that no reader knows: a small YAML beside the file, every key of it checked before it is used.

table: posts                    # a canonical table but accounts and entities
platform: facebook              # left out where the table has none, or `columns` says where it stands
delimiter: ","                  # or ";" or tab
skip: 4                         # lines before the header, blank ones not counted
decimal: "."                    # or ","
thousands: ","                  # only where the numbers have one: , . ' or a blank
columns:                        # canonical column: source column; ids are kept as text
  post_id: Post ID
  posted_at: {from: Date, format: "%m/%d/%Y %H:%M", zone: America/Lima}
  account_id: {from: Permalink, extract: "x[.]com/([^/]+)/status"}
  text: {from: Headline, and: [Body]}   # several columns as one, with " / " between them; so ids, too, where a file has none
  account_name: {constant: Ministry of Examplestan}
words:                          # "*" stands for every other word
  medium: {Photos: photo, Reels: video, "*": other}
only: {Network: [Facebook]}     # records with another word there become rejects
"""

from pathlib import Path
from typing import NamedTuple

import yaml

from digidip.readers.mapping import _map_rules as rules
from digidip.readers.opening.yaml_texts import texts_of
from digidip.tables import ReaderError

_said = {}  # export → its map, where somebody named another than the one beside it


class Map(NamedTuple):
    """A map that keeps every rule: `columns` canonical column → entry, an entry having `from` or `constant`."""

    path: Path
    table: str
    platform: str
    delimiter: str
    skip: int
    decimal: str
    thousands: str
    columns: dict
    words: dict
    only: dict

    @property
    def sources(self):
        """Every source column that the map names, under the key that names it."""
        named = {f"columns.{name}": entry["from"] for name, entry in self.columns.items() if "from" in entry}
        joined = [(name, each) for name, entry in self.columns.items() for each in entry.get("and", ())]
        further = {f"columns.{name}.and ({place})": each for place, (name, each) in enumerate(joined, start=1)}
        return named | further | {f"only.{column}": column for column in self.only}


def use(path, map_path):
    """From now on this process reads the export `path` by that map, wherever it lies."""
    _said[Path(path).resolve()] = Path(map_path)


def map_path(path):
    """Where the map of an export lies: where `use` said, else beside it as `<path>.map.yml`."""
    return _said.get(Path(path).resolve()) or Path(f"{path}.map.yml")


def load(path):
    """The map in a YAML file. Whatever breaks a rule raises `ReaderError`: file, key, found, expected, what to do."""
    try:
        return _checked(Path(path), texts_of(Path(path).read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ReaderError(
            f"{path}: no map of this export ({error.strerror}). Expected: a YAML that says which column is which. Do: "
            "digidip map FILE, and edit what it writes."
        ) from None
    except UnicodeDecodeError:
        problem = "not UTF-8. Expected: the text of a map"
    except ValueError as error:
        problem = str(error)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"no YAML{f' from line {mark.line + 1} on' if mark else ''}. Expected: `key: value`, a key to a line"
    raise ReaderError(f"{path}: {problem}. Mend the map; digidip map FILE writes a fresh one.")


def _checked(path, content):
    """The map of a YAML's content; what is wrong raises `ValueError` with its key."""
    rules.check_keys(content)
    table = rules.one_of(content, "table", rules.TABLES, "posts")
    decimal = rules.one_of(content, "decimal", rules.DECIMALS, ".")
    columns = rules.columns(table, content.get("columns"))
    return Map(
        path=path,
        table=table,
        platform=rules.platform(table, content.get("platform") or "", columns),
        delimiter=rules.DELIMITERS[rules.one_of(content, "delimiter", rules.DELIMITERS, ",")],
        skip=rules.skip(content.get("skip") or "0"),
        decimal=decimal,
        thousands=rules.one_of(content, "thousands", [each for each in rules.GROUPS if each != decimal], ""),
        columns=columns,
        words=rules.words(table, content.get("words") or {}, columns),
        only=rules.only(content.get("only") or {}),
    )
