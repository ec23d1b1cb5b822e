"""One folder per family of tools, one module per export format. A reader is a literal map from source columns to canonical columns, and `read`.

Every reader has: PLATFORM, REQUIRED (source columns per table it yields), one literal per table, CAPPED_AT (numbers of
records at which the tool was known to stop), AUTHORS (comments name their authors by `id` or by `name`), POSTS_BY_ANYONE (its
comments may stand under posts that nobody holds, and its posts may be by anyone), perhaps SENDER (the state of accounts
whose registry names none), perhaps IS_FLAT (True where `read` has parsed the file into flat cells, so that a build need
not keep them aside) and NEEDS_ACCOUNT (True where nothing in the file says whose posts it holds), and `read(path, *, zone)` →
{"posts": table, "comments": table, …}. The tables are lazy: whoever counts or writes them does so within `engine_errors_as_reader_errors(path)`,
and asks `unsplit(path)` afterwards which records could not be split. Entities may come twice; a build groups them.
"""

from importlib import import_module

from digidip.readers.mapping._proposal import proposal
from digidip.readers.opening.archives import is_archive
from digidip.readers.opening.cells import find_zone
from digidip.readers.opening.delimited import engine_errors_as_reader_errors, renumbered, unsplit
from digidip.readers.opening.head import SLIVER, first_objects, header, opening
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
        "minet_bluesky",
        "minet_bluesky_profiles",
        "mastodon_statuses",
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
NEAR = 0.5  # least share of a file's columns that a reader knows, to be named where none fits

__all__ = [
    "READERS",
    "fitting",
    "is_archive",
    "specific_matches",
    "opening",
    "proposal",
    "reader",
    "renumbered",
    "suggested",
    "texts_of",
    "engine_errors_as_reader_errors",
    "unsplit",
    "find_zone",
]


def reader(name):
    """The reader module of that name; an unknown name raises `ReaderError` with the names there are."""
    if name not in READERS:
        raise ReaderError(f"no reader {name!r}. Expected one of: {', '.join(READERS)}. Choose one (digidip list).")
    family = next(family for family, names in FAMILIES.items() if name in names)
    return import_module(f"digidip.readers.{family}.{name}")


def fitting(path):
    """Readers that find all they require in `path`, with the share of the file's columns they know, best first.

    Returns a list of (name, share 0–1). A file that no reader can open raises `ReaderError`; an archive gives an empty
    list where no reader takes it as it is.
    """
    if not is_archive(path):
        opening(path)
    shares = [(name, reader(name).fits(path)) for name in (ARCHIVED if is_archive(path) else READERS)]
    return sorted((pair for pair in shares if pair[1]), key=lambda pair: -pair[1])


def _sight(path):
    """What a file that nobody knows shows at its head, without its words: a table without a header has cells there."""
    if opening(path).lstrip()[:1] in "[{":
        first = next(iter(first_objects(path)), {})
        return f"JSON, whose first object has {len(first)} keys"
    try:
        return f"{len(header(path)[0])} columns"
    except ReaderError:
        return "text without columns"


def specific_matches(path):
    """Those of `fitting` that are made for the file and read it: no map, and none that only names it to refuse it."""
    return [pair for pair in fitting(path) if pair[0] != "mapped" and pair[1] > SLIVER]


def suggested(path):
    """The name of the one reader that fits `path` best; `ReaderError` if none does, or two fit equally well.

    A map beside the file counts only where no reader knows the tool.
    """
    found = specific_matches(path) or fitting(path)
    mapped = [pair for pair in found if pair[0] == "mapped"]
    found = [pair for pair in mapped if pair[1] > SLIVER] or [pair for pair in found if pair not in mapped] or mapped
    if not found:
        opening(path)  # refuses an archive with the list of what is in it
        raise ReaderError(
            f"{path} (row 1): no reader knows this file. Found: {_sight(path)}{_nearest(path)}. Expected: an export of a tool "
            "that digidip list names. Check that it is the original export; if you know the tool, say --reader to see which "
            "columns are missing; else say which column is which (digidip map FILE)."
        )
    best = [name for name, share in found if share == found[0][1]]
    if len(best) > 1:
        raise ReaderError(
            f"{path}: {len(best)} readers know it equally well: {', '.join(best)}. Expected one. Say --reader NAME: the tool "
            "that wrote the file."
        )
    return best[0]


def _nearest(path):
    """The reader that knows most columns of a table, and what it lacks, in words; nothing where none knows half of them."""
    try:
        names = set(header(path)[0])
    except ReaderError:
        return ""
    lists = [(name, columns, reader(name)) for name in READERS for columns in reader(name).REQUIRED.items()]
    known = [
        (
            len(names & (required | getattr(module, "OPTIONAL", {}).get(table, set()))) / len(names),
            name,
            required - names,
        )
        for name, (table, required), module in lists
    ]
    share, name, lacking = max(known, key=lambda one: one[0])
    if share < NEAR or not lacking:
        return ""
    return f"; the nearest reader is {name} ({share:.0%} of the columns), which lacks {', '.join(map(repr, sorted(lacking)[:3]))}"
