"""Readers of exports: a folder for each family of tools, in it a module for each export format.

A reader is a module that maps the columns of one export format to canonical columns, and reads nothing else. It has

- `PLATFORM`: the platform that its rows are of; empty where the format does not say it (networks), None where the map does.
- `REQUIRED`: canonical table → source columns, or keys, without which the file is not of this format;
  `OPTIONAL`: table → those that it uses where they are there (`"unread"`: those that it knows and leaves out).
- `POSTS`, `COMMENTS`, …: for each table of `REQUIRED` a dict canonical column → Ibis expression over the source columns.
- `CAPPED_AT`: numbers of records at which the tool was known to stop.
- `AUTHORS`: whether its comments name their authors by `"id"` or by `"name"`.
- `POSTS_BY_ANYONE`: whether its posts may be by anyone, and its comments under posts that nobody holds.
- `read(path, *, zone=None)` → {"posts": table, "comments": table, …}: lazy Ibis tables of canonical columns and
  `export_row`, the number of the record in the file; `zone` is that of times written without one. What a reader cannot
  take is a row with a `reject`, a reason; what it did to a row of which the file says nothing is its `remark`, which the
  build counts in a note. A file that is not of this format raises `ReaderError`. Entities may come twice.

and where there is something to say

- `SENDER`: the state of accounts whose registry names none.
- `NEEDS_ACCOUNT`: True where nothing in the file says whose posts it holds.
- `fits(head)` → share 0–1 of the file that the reader knows, from its `Head` (`opening/head.py`) alone. Most readers need
  none: without it, it is the share of the file's columns that `REQUIRED` and `OPTIONAL` name, 0 if a required one is missing.
- `refuses(head)` → whether a file that it does not fit is another one of the tool, which `read` names in its `ReaderError`.

Whoever counts or writes the lazy tables does so within `reader_errors(path)`, and asks `unsplit(path)` afterwards which
records could not be split. A reader is entered in `FAMILIES`, and has samples under tests/samples/<reader>/.
"""

from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from digidip.readers.opening.archives import archive_error
from digidip.readers.opening.head import MissingColumnError, read_head
from digidip.readers.opening.yaml_texts import texts_of
from digidip.tables import ReaderError

# Folder of a family of tools → its readers, in the order of digidip list.
FAMILIES = {
    "facebook": (
        "crowdtangle_facebook",
        "crowdtangle_instagram",
        "crowdtangle_api_facebook",
        "crowdtangle_api_instagram",
        "crowdtangle_history",
        "minet_crowdtangle_facebook",
        "minet_crowdtangle_instagram",
        "meta_content_library_facebook",
        "meta_content_library_instagram",
        "netvizz_page",
        "minimaxir_facebook",
        "rfacebook_page",
        "graph_api",
        "facepager_facebook",
        "facebook_scraper",
    ),
    "x": (
        "twitter_v1",
        "twitter_v2",
        "twarc_csv",
        "twarc1_csv",
        "academictwitter",
        "academictwitter_tidy",
        "rtweet_csv",
        "dmi_tcat",
        "tags_sheet",
        "snscrape_x",
        "twscrape_x",
        "minet_twitter",
        "crowdtangle_x",
        "twitter_archive",
        "tweet_ids",
        "twitter_users",
        "twarc_csv_users",
        "minet_users",
    ),
    "captures": (
        "fourcat_x",
        "fourcat_instagram",
        "fourcat_tiktok",
        "fourcat_threads",
        "fourcat_truthsocial",
        "fourcat_facebook",
        "fourcat_telegram",
        "fourcat_bluesky",
        "fourcat_vk",
        "zeeschuimer_x",
        "zeeschuimer_instagram",
        "zeeschuimer_tiktok",
        "zeeschuimer_tiktok_comments",
        "zeeschuimer_threads",
        "zeeschuimer_truthsocial",
    ),
    "open_platforms": (
        "bluesky_feed",
        "bluesky_profiles",
        "bluesky_account",
        "minet_bluesky",
        "minet_bluesky_profiles",
        "mastodon_statuses",
        "mastodon_account",
        "activitypub_outbox",
    ),
    "video_and_messages": (
        "telegram_desktop",
        "youtube_data_tools",
        "youtube_api",
    ),
    "networks": (
        "edge_list",
        "gexf",
        "graphml",
        "pajek",
        "gdf",
        "twarc_followers",
        "twarc2_users",
        "tcat_mentions",
    ),
    "registries": (
        "database_of_embassies",
        "hamilton_accounts",
        "digital_registry",
        "touchpoints_registry",
        "congress_legislators",
        "wikidata_accounts",
    ),
    "attention": (
        "gdelt_timeline",
        "mediacloud_counts",
        "google_trends",
        "attention_wide",
        "correlates_of_war",
    ),
    "mapping": ("mapped",),
}
READERS = tuple(name for names in FAMILIES.values() for name in names)
# Readers that take an archive as it is; no other is asked about one.
ARCHIVED = ("twitter_archive", "activitypub_outbox")
NEAREST_SHARE = 0.5  # least share of a file's columns that a reader knows, to be named where none fits

__all__ = [
    "LONG_ID",
    "MISSING_WORDS",
    "NEARLY_ALL",
    "Account",
    "Person",
    "READERS",
    "SHIFTED",
    "accounts_in_cell",
    "accounts_told",
    "best_match",
    "check_is_mappable",
    "choose_sheet",
    "find_zone",
    "is_mentioned",
    "matches",
    "plain",
    "proposal",
    "read_head",
    "reader",
    "reader_errors",
    "refusing",
    "removed_characters",
    "renumbered",
    "rounded_ids",
    "searchable_texts",
    "specific_matches",
    "summaries",
    "texts_of",
    "unsplit",
    "write_without",
]


# Imported when first used: Ibis and DuckDB take half a second, which a list of the readers need not wait for.
_MODULES = {
    "mapping._proposal": ("proposal",),
    "networks._xml_networks": ("removed_characters",),
    "opening.cells": ("MISSING_WORDS", "find_zone"),
    "opening.delimited": ("SHIFTED", "renumbered", "unsplit"),
    "opening.removal": (
        "Account",
        "Person",
        "accounts_told",
        "is_mentioned",
        "plain",
        "searchable_texts",
        "write_without",
    ),
    "opening.workbooks": ("choose_sheet",),
    "registries._registries": ("accounts_in_cell",),
    "opening.rounded_ids": ("LONG_ID", "NEARLY_ALL", "rounded_ids"),
}


def __getattr__(name):
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"digidip.readers.{module}"), name)
    raise AttributeError(f"module 'digidip.readers' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])


def summaries():
    """What each reader reads, in one line: name → the first line of its docstring, read from the file's first line."""
    lines = {}
    for family, names in FAMILIES.items():
        for name in names:
            with open(Path(__file__).parent / family / f"{name}.py", encoding="utf-8") as file:
                lines[name] = file.readline().strip().strip('"')
    return lines


def reader(name):
    """The reader module of that name; an unknown name raises `ReaderError` with the names there are."""
    if name not in READERS:
        raise ReaderError(f"no reader {name!r}. Expected one of: {', '.join(READERS)}. Choose one (digidip list).")
    family = next(family for family, names in FAMILIES.items() if name in names)
    return import_module(f"digidip.readers.{family}.{name}")


def matches(path):
    """Readers that read a file (a path or its `Head`), with the share of it that they know, best first.

    Returns a list of (name, share 0–1). A file that no reader can open raises `ReaderError`; an archive gives an empty
    list where no reader takes it as it is.
    """
    head = read_head(path)
    shares = [(name, _share_known(reader(name), head)) for name in (ARCHIVED if head.is_archive else READERS)]
    return sorted((pair for pair in shares if pair[1]), key=lambda pair: -pair[1])


def specific_matches(path):
    """Those of `matches` that are made for the tool: all but the reader that goes by a map."""
    return [pair for pair in matches(path) if pair[0] != "mapped"]


def refusing(path):
    """The names of the readers that know a file (a path or its `Head`) as one of their tool which they cannot read."""
    head = read_head(path)
    asked = () if head.is_archive else [name for name in READERS if hasattr(reader(name), "refuses")]
    return [name for name in asked if reader(name).refuses(head) and not _share_known(reader(name), head)]


def best_match(path):
    """The name of the one reader that fits a file best; `ReaderError` if none does, or two fit equally well.

    A map beside the file counts only where no reader knows the tool. Where none reads the file, one that knows it as
    another of its tool is named, so that its `read` says which file is wanted.
    """
    head = read_head(path)
    found = matches(head)
    found = [pair for pair in found if pair[0] != "mapped"] or found
    best = [name for name, share in found if share == found[0][1]]
    if not found:
        best = refusing(head)
        best = [name for name in best if name != "mapped"] or best
    if not best:
        raise _no_match_error(head)
    if len(best) > 1:
        raise ReaderError(
            f"{head.path}: {len(best)} readers know it equally well: {', '.join(best)}. Expected one. Say --reader NAME: the tool "
            "that wrote the file."
        )
    return best[0]


def check_is_mappable(path):
    """Nothing, if a map may read the file; one that is no table is told by the reader that knows it as of its tool."""
    head = read_head(path)
    for name in [] if head.columns else refusing(head):
        if name != "mapped":
            reader(name).read(path)  # raises, with the file of the tool that is wanted


@contextmanager
def reader_errors(path):
    """Around whatever reads the file or scans what its reader gave: every error is a `ReaderError` that says what to do.

    Errors of the engine are told in four parts, and where a required column is missing, the reader that fits is named.
    """
    from digidip.readers.opening.delimited import engine_errors_as_reader_errors  # here, for the same reason as above

    try:
        with engine_errors_as_reader_errors(path):
            yield
    except MissingColumnError as error:
        found = matches(path)
        if not found:
            raise
        statement, name, share = error.args[0], *found[0]
        raise ReaderError(
            f"{statement} This looks like {name!r} ({share:.0%} of its columns known): give that reader."
        ) from None


def _share_known(module, head):
    """The share of a file that a reader knows: as its own `fits` says, else by the columns of its tables."""
    if hasattr(module, "fits"):
        return module.fits(head)
    optional = getattr(module, "OPTIONAL", {})
    unread = optional.get("unread", set())
    return max(head.known_share(names, optional.get(table, set()) | unread) for table, names in module.REQUIRED.items())


def _no_match_error(head):
    """The error for a file that no reader knows; for an archive, the one that lists what is in it."""
    if head.is_archive:
        return archive_error(head.path)
    if head.is_json:
        return ReaderError(
            f"{head.path} (record 1): no reader knows this file. Found: {_shape(head)}. Expected: JSON of a tool that digidip list "
            "names. Check that it is the original export; if you know the tool, say --reader. A column map reads tables alone: "
            "write one from it (pandas.json_normalize, jq), ids as text, then digidip map TABLE."
        )
    if head.blanks_remedy:
        return ReaderError(f"{head.path} (row 1): no reader knows this file. {head.blanks_remedy}")
    return ReaderError(
        f"{head.path} (row 1): no reader knows this file. Found: {_shape(head)}{_nearest(head)}. Expected: an export of a tool "
        "that digidip list names. Check that it is the original export; if you know the tool, say --reader to see which "
        "columns are missing; else say which column is which (digidip map FILE)."
    )


def _shape(head):
    """What a file that nobody knows shows at its head, without its words: a table without a header has cells there."""
    if head.is_json:
        return f"JSON, whose first object has {len(next(iter(head.objects), {}))} keys"
    return f"{len(head.columns)} columns" if head.columns else "text without columns"


def _nearest(head):
    """The reader that knows most columns of a table, and what it lacks, in words; nothing where none knows half of them."""
    names = set(head.columns)
    if not names:
        return ""
    tables = [
        (name, reader(name), table, required) for name in READERS for table, required in reader(name).REQUIRED.items()
    ]
    known = [
        (
            len(names & (required | getattr(module, "OPTIONAL", {}).get(table, set()))) / len(names),
            name,
            required - names,
        )
        for name, module, table, required in tables
    ]
    share, name, lacking = max(known, key=lambda one: one[0])
    if share < NEAREST_SHARE or not lacking:
        return ""
    return f"; the nearest reader is {name} ({share:.0%} of the columns), which lacks {', '.join(map(repr, sorted(lacking)[:3]))}"
