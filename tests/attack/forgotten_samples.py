"""Everybody whom a sample of a reader names as a private author is forgotten from it, or the command says why not.

`make attack`, not part of the suite. That rows of others stay and none of theirs does is what `store.forget_person` checks itself.
"""

import os
import shutil
from collections import Counter

import pytest
from test_readers import FILES, ZONES

from digidip import clean, deliveries, readers
from digidip.home import sha256
from digidip.store import _forget
from digidip.tables import ReaderError, TableError

# Forms from which single records cannot be taken; samples made to be broken, or with ids that a spreadsheet has destroyed; a file
# name that tells the account; records inside a cell; cells in which a page stands otherwise than in its comments (Netvizz).
REFUSING = {
    "gexf",
    "graphml",
    "pajek",
    "gdf",
    "twarc_followers",
    "facebook_scraper",
    "activitypub_outbox",
    "netvizz_page",
}
DAMAGED = (
    "spreadsheet",
    "php_backslash",
    "ragged",
    "pseudonyms",
    "without_address_rounded",
    "two_downloads",
    "own_alone",
    "as_text",
    "broken",
    "lone_cr",
)
NOBODY = {"registries", "attention"}  # families that name no private person
PEOPLE = 1  # of each sample; more take longer


def authors(delivery, raw):
    """The first author of a sample, but for whoever wrote most posts, who is official, and the page that comments on its own."""
    frames = _forget._rows(delivery, raw / delivery.path)
    posts = frames.get("posts")
    official = set(posts["account_id"].mode()) if posts is not None and "account_id" in posts else set()
    if official:
        own = posts[posts["account_id"].isin(official)]
        official = {cell for name in _forget.AUTHORS["posts"] if name in own for cell in own[name].dropna()}
    cells = [
        frame[column].dropna() for name, frame in frames.items() for column in _forget.AUTHORS[name] if column in frame
    ]
    people = set().union(*cells) - official
    return sorted(one for one in people if len(one) > 3 and "inistry" not in one and "mfa" not in one.lower())[:PEOPLE]


def outcomes(family, folder):
    """How many people could be forgotten of each sample of a family, and how many refused; and where a name was left."""
    found, left = Counter(), []
    files = [file for file in FILES if file.parent.name in readers.FAMILIES[family]]
    for number, file in enumerate(files[:: int(os.environ.get("EVERY", 1))]):  # EVERY=5: a fifth of the samples
        module, home = readers.reader(file.parent.name), folder / str(number)
        if getattr(module, "NEEDS_ACCOUNT", False):
            continue
        path, map_file = home / "per" / file.name, file.with_name(f"{file.name}.map.yml")
        path.parent.mkdir(parents=True)
        shutil.copy(file, path)
        has_map = bool(map_file.exists() and shutil.copy(map_file, path.parent))
        about = {
            "platform": module.PLATFORM or "x",
            "ministry": "PER",
            "zone": ZONES.get(file.stem, ""),
            "label": "synthetic",
        }
        delivery = deliveries.Delivery(
            f"per/{file.name}", sha256(path), file.parent.name, **about, map=sha256(map_file) if has_map else ""
        )
        try:
            people = authors(delivery, home)
        except (ReaderError, TableError, ValueError):
            continue  # a sample that is refused as a whole
        deliveries.declare(home, [delivery])
        for place, name in enumerate(people):
            target = home / str(place)
            try:
                names, _platform = _forget._identity(home, name, "", b"k" * 16)
                person = readers.Person(names, clean.NAME)
                change = _forget._without_person(home, delivery, person, target)
            except (ReaderError, TableError, ValueError) as error:
                assert name not in str(error).replace(str(path), "")
                found[file.parent.name, file.stem, "refused"] += 1
                continue
            found[file.parent.name, file.stem, "forgotten"] += 1
            sure = readers.Person(
                frozenset(one for one in names if " " not in one), ""
            )  # others may be called the same
            if sure.names and change and change["file"] and _forget._holds(home / change["file"], sure):
                left.append((file.parent.name, file.stem))
    return found, left


@pytest.mark.parametrize("family", readers.FAMILIES)
def test_everybody_is_forgotten_or_the_form_has_no_records(family, tmp_path):
    """No name, handle or id stands in a file that was written anew; of other forms each sample lets go of everybody."""
    found, left = outcomes(family, tmp_path)
    refused = sorted({(name, stem) for name, stem, what in found if what == "refused"})
    forgotten = sum(times for (_name, _stem, what), times in found.items() if what == "forgotten")
    print(f"{family}: forgotten: {forgotten}; refused in {len(refused)} samples")
    assert left == []
    assert [pair for pair in refused if pair[0] not in REFUSING and not any(word in pair[1] for word in DAMAGED)] == []
    assert forgotten or family in NOBODY
