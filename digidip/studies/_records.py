"""What is written of a run: the finished run itself, JSON in one form, instants in one form."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import ibis

from digidip import clean


@dataclass(frozen=True)
class Run:
    """One finished run: its folder, the executed notebook and the page in it, the content of facts.json."""

    folder: Path
    notebook: Path
    page: Path
    facts: dict


def json_text(content, sort=True):
    """JSON as files of this room hold it: one form, readable, with a last line end; keys sorted, or as they stand."""
    return json.dumps(content, indent=1, sort_keys=sort, ensure_ascii=False) + "\n"


def now():
    """This instant, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_the_data(facts):
    """Of the facts that a run states those of its data, without arithmetic on published numbers; all where it has no other.

    >>> of_the_data([{"name": "total comments", "of": "published numbers"}, {"name": "post_count"}])
    [{'name': 'post_count'}]
    """
    return [fact for fact in facts if "of" not in fact] or facts


def scrubbed_message(text):
    """A message that is not ours, such as that of an error in a cell, without names, numbers and addresses of people."""
    return clean.scrubbed(ibis.literal(text)).to_pandas()
