"""Public data sets that anybody may use, by name: where each lies, its SHA-256, its licence, how to cite it.

A set is entered only at an address that never changes (a commit) and with a hash that was computed from the file itself; data that
change every day are in BY_HAND, with where to get them. Files are fetched by pooch, which keeps none whose hash is another.
"""

import logging
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from digidip.home import sha256
from digidip.tables import TableError

GITHUB = "https://raw.githubusercontent.com"
TIMEOUT = 60  # seconds without a byte


class File(NamedTuple):
    """A file of a data set: under which name it is kept, where it lies, and what `digidip add` would be told of it."""

    name: str
    address: str
    sha256: str
    size: int
    reader: str
    ministry: str = ""
    retrieved_at: str = ""


class DataSet(NamedTuple):
    """A data set; `terms` is what the manifest says, beginning with what may be passed on."""

    what: str
    licence: str
    cite: str
    terms: str
    files: tuple


EMBASSIES = f"{GITHUB}/database-of-embassies/database-of-embassies"
CANADA = f"{GITHUB}/Lucas-Czarnecki/Facebook_Canada2015/07da9be9018934e65cfcb5d37b6ffb355503300f/data/raw"
OF_WIKIDATA = "public domain (CC0, from Wikidata)"

DATA_SETS = {
    "embassies-2022": DataSet(
        "embassies and consulates of 218 senders, with handles on Facebook, X and YouTube: 9,852 missions",
        OF_WIKIDATA,
        "Database of Embassies, state of 2022-11-16, https://github.com/database-of-embassies/database-of-embassies",
        f"full, {OF_WIKIDATA}",
        (
            File(
                "database_of_embassies.2022-11-16.csv",
                f"{EMBASSIES}/b1987a62f9412564fa33c5e9193a65319bc504a3/database_of_embassies.csv",
                "2d02d16f16becd1ea85960234bec216e5decd539297142ebf6677d76603db10a",
                4_170_237,
                "database_of_embassies",
                retrieved_at="2022-11-16",
            ),
        ),
    ),
    "embassies-2020": DataSet(
        "the same two years before: 4,963 missions",
        OF_WIKIDATA,
        "Database of Embassies, state of 2020-11-25, https://github.com/database-of-embassies/database-of-embassies",
        f"full, {OF_WIKIDATA}",
        (
            File(
                "database_of_embassies.2020-11-25.csv",
                f"{EMBASSIES}/a0511441d950c7c4531f07b6cad0ffed4a19a1c4/database_of_embassies.csv",
                "0cdc5fe1858bc2d3bdaec8d95d45ddd59301e83411533104498ffc917b66a995",
                1_550_272,
                "database_of_embassies",
                retrieved_at="2020-11-25",
            ),
        ),
    ),
    "canada-2015": DataSet(
        "posts on the Facebook pages of three party leaders, the Prime Minister among them, August to October 2015: 1,616 posts",
        "MIT (the collection; what the pages wrote is theirs)",
        "Czarnecki, The 2015 Canadian Federal Election on Facebook, https://github.com/Lucas-Czarnecki/Facebook_Canada2015",
        "aggregates-only, MIT licence of the collection",
        tuple(
            File(
                f"{leader}_Posts.csv",
                f"{CANADA}/{leader}_Page/{leader}_Posts.csv",
                digest,
                size,
                "rfacebook_page",
                "CAN",
            )
            for leader, digest, size in (
                ("Harper", "c74ce68519b22efbb7cb6bb36209ed391fc07062c3bd712ef7d6fea92f63c0cc", 223_332),
                ("Mulcair", "2888d35f63daa66060a6739c7d65e169bf40d62a72f5251631183516a213fd75", 207_209),
                ("Trudeau", "2a54e9108a4991aef7254c935c8e9c4a73eb3cde097dfd56a26a0ff632dc02fe", 184_819),
            )
        ),
    ),
}
# What changes every day, so that no hash can be stated: what, licence, where, and what to do with it.
BY_HAND = (
    (
        "accounts of members of the US Congress (CC0)",
        "https://github.com/unitedstates/congress-legislators",
        "take legislators-social-media.yaml, then digidip add FILE --label real",
    ),
    (
        "official accounts in Wikidata (CC0)",
        "https://query.wikidata.org",
        "ask for items with ?twitter, ?bluesky or ?mastodon, save as CSV, then digidip add FILE --label real",
    ),
)


def data_set(name):
    """The data set of that name; an unknown one raises `ValueError` with the names there are."""
    if name not in DATA_SETS:
        raise ValueError(f"no data set {name!r}. Expected one of: {', '.join(DATA_SETS)}. Choose one (digidip fetch).")
    return DATA_SETS[name]


def fetch(name, folder, source=""):
    """The files of a data set in `folder`, each with the hash that the catalogue states: a list of pairs `File`, path.

    source: a folder, or the address of a mirror, that has the files under their names. A file that cannot be fetched and one
    with another hash raise `TableError` and leave none.
    """
    found = data_set(name)
    if source and "://" not in source:
        return [(file, _copied(file, Path(source), Path(folder))) for file in found.files]
    return [(file, _fetched(name, file, Path(folder), source)) for file in found.files]


def _copied(file, source, folder):
    path = source / file.name
    if not path.is_file():
        raise TableError(
            f"{path}: no such file. Expected: what {file.address} gives, under this name. Put it there, or say another --from."
        )
    if sha256(path) != file.sha256:
        raise _other_hash(file, sha256(path))
    return Path(shutil.copyfile(path, folder / file.name))


def _fetched(name, file, folder, mirror):
    import pooch
    import requests

    address = f"{mirror.rstrip('/')}/{file.name}" if mirror else file.address
    if not re.match(r"https://|http://(?:127\.0\.0\.1|localhost|\[::1\])[:/]", address):
        raise ValueError(f"--from {mirror!r}. Expected: a folder, or an address that begins with https://. Correct it.")
    pooch.get_logger().setLevel(logging.ERROR)
    loader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=TIMEOUT)
    try:
        got = pooch.retrieve(address, f"sha256:{file.sha256}", fname=file.name, path=folder, downloader=loader)
    except requests.RequestException as error:
        code = getattr(error.response, "status_code", None)
        what = f"HTTP {code}" if code else "no connection"
        if error.response is not None:
            error.response.close()
        raise TableError(
            f"{address}: {what}. Expected: {file.name}, {file.size:,} bytes. By hand: get it with another machine, then "
            f"digidip fetch {name} --from FOLDER, the folder in which it lies under that name."
        ) from None
    except ValueError as error:
        digest = re.search(r"\b[0-9a-f]{64}\b(?!.*\b[0-9a-f]{64}\b)", str(error).replace(file.sha256, ""))
        raise _other_hash(file, digest[0] if digest else "unknown") from None
    return Path(got)


def _other_hash(file, digest):
    return TableError(
        f"{file.name}: SHA-256 {digest[:12]}…, so it is not the file of the catalogue. Expected: {file.sha256[:12]}…. Nothing was kept. "
        "Get it again, from its own address; if you want this one, say digidip add."
    )
