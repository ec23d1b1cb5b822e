"""Ties between accounts: who follows, mentions, reposts, answers whom."""

import ibis
import pandas as pd
from ibis import _

from digidip.networks._draw import drawn
from digidip.networks._places import placed_nodes
from digidip.tables import TIES, TableError, canonical

ABOUT = ("handle", "name", "ministry", "office", "receiving", "city")
POST = ["platform", "post_id"]


def tie_network(follows, accounts, missions=None, *, tie="follow", outside=False, wave=""):
    """Who follows whom (or another `tie` of the table of follows) among the accounts; weight as the file gives it.

    Reads follows, accounts and, where given, missions. A tie seen several times counts once, as last seen, even if a later
    crawl no longer has it; with `wave`, a UTC day such as 2016-01-15 (see `waves`), only ties seen on that day count. One
    without a weight counts 1. Nodes: every account, with its handle, name, ministry, office, receiving state and city
    (`is_account`), and every mission of the registry without an account. Ties to others are left out and counted, or
    kept with their ends if `outside`. Attributes of the graph: `tie`, `platform`, `self_loops`, `outside`,
    `weightless`, `unweighted`; `registry` (number of missions) and `unplaced` (accounts of missions that the registry
    does not tell apart) where missions are given. Two platforms in one table, and a wave without a tie, raise
    `TableError`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2", "3"], "ministry": "PER"})
    >>> follows = pd.DataFrame({"platform": "x", "source_id": ["1", "1"], "target_id": ["2", "9"], "tie": "follow",
    ...     "weight": None, "observed_at": "2016-01-01"})
    >>> network = tie_network(follows, accounts)
    >>> list(network), list(network.edges), network.graph["outside"]
    (['1', '2', '3'], [('1', '2')], 1)
    """
    if tie not in TIES:
        raise TableError(f"tie must be one of {', '.join(TIES)}, not {tie!r}.")
    held = canonical(follows, "follows", ["platform", "source_id", "target_id", "tie", "weight", "observed_at"])
    ends = ["platform", "source_id", "target_id"]
    seen = _of_wave(held.filter(_.tie == tie), tie, wave)
    last = seen.filter(_.observed_at == _.observed_at.max().over(group_by=ends))
    arcs = last.group_by(ends).agg(weight=_.weight.max()).rename(source="source_id", target="target_id")
    return _among(arcs, accounts, missions, tie, outside)


def waves(follows):
    """The days on which ties were observed: a pandas frame, one row per platform, tie and UTC day.

    Reads follows. Columns: `platform`, `tie`, `wave` (the day as text), `ties`, `accounts` (distinct ends).

    >>> import pandas as pd
    >>> follows = pd.DataFrame({"platform": "x", "source_id": ["1", "1"], "target_id": ["2", "9"], "tie": "follow",
    ...     "observed_at": "2016-01-01"})
    >>> waves(follows)[["wave", "ties", "accounts"]].values.tolist()
    [['2016-01-01', 2, 3]]
    """
    ends = ["source_id", "target_id"]
    held = canonical(follows, "follows", ["platform", *ends, "tie", "observed_at"])
    days = held.mutate(wave=_.observed_at.strftime("%Y-%m-%d")).to_pandas()
    keys = ["platform", "tie", "wave"]
    pairs = days.drop_duplicates([*keys, *ends]).groupby(keys).size()
    named = days.melt(keys, ends, value_name="account").groupby(keys)["account"].nunique()
    return pd.DataFrame({"ties": pairs, "accounts": named}).reset_index().astype({"ties": "int64", "accounts": "int64"})


def _of_wave(ties, tie, wave):
    """The ties seen on a day, all where none is named; a day without one is an error that says which days have some."""
    if not wave:
        return ties
    days = ties.observed_at.strftime("%Y-%m-%d")
    held = sorted(days.name("day").as_table().distinct().to_pandas()["day"])
    if wave not in held:
        found = ", ".join(held) or "none on any day"
        raise TableError(f"wave {wave!r}: no {tie} seen on that day. Found: {found}. Expected: a day found, or empty.")
    return ties.filter(days == wave)


def mention_network(entities, posts, accounts, missions=None, *, hashtags=(), outside=False):
    """Who mentions whom; weight = number of posts with the mention.

    With `hashtags`, in posts that carry one of them, with or without #, in whatever letters: a goal-oriented network.
    Reads entities, posts, accounts and, where given, missions. Reposts are left out: the mentions in them are another
    account's. Nodes, attributes and errors as in `tie_network`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": ["p", "q"]}
    >>> posts = pd.DataFrame({**ids, "account_id": "1", "repost_of_id": None})
    >>> entities = pd.DataFrame({**ids, "kind": "mention", "value": "2"})
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2"], "ministry": "PER"})
    >>> list(mention_network(entities, posts, accounts).edges(data="weight"))
    [('1', '2', 2.0)]
    """
    own = canonical(posts, "posts", [*POST, "account_id", "repost_of_id"]).filter(_.repost_of_id.isnull())
    told = canonical(entities, "entities", [*POST, "kind", "value"])
    named = told.filter(_.kind == "mention")
    tags = [hashtags] if isinstance(hashtags, str) else hashtags
    if wanted := [tag.strip().lstrip("#").lower() for tag in tags if tag.strip()]:
        carried = (_.kind == "hashtag") & _.value.lower().re_replace("^#", "").isin(wanted)
        named = named.semi_join(told.filter(carried), POST)
    pairs = named.inner_join(own, POST).select(*POST, source=_.account_id, target=_.value)
    return _among(_counted(pairs), accounts, missions, "mention", outside)


def repost_network(posts, accounts, missions=None, *, outside=False):
    """Who reposts whom; weight = number of reposts.

    Reads posts, accounts and, where given, missions. The author of the original is known where the original is among
    the posts; other reposts are counted as `unknown_authors`, never drawn. Nodes, attributes and errors as in
    `tie_network`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "post_id": ["p", "q", "r"], "account_id": ["1", "2", "2"],
    ...     "repost_of_id": [None, "p", "z"]})
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2"], "ministry": "PER"})
    >>> network = repost_network(posts, accounts)
    >>> list(network.edges(data="weight")), network.graph["unknown_authors"]
    ([('2', '1', 1.0)], 1)
    """
    held = canonical(posts, "posts", [*POST, "account_id", "repost_of_id"]).rename(answered="repost_of_id")
    arcs, unknown = _answers(held.mutate(author=ibis.null("string")))
    return _among(arcs, accounts, missions, "repost", outside, unknown_authors=unknown)


def reply_network(posts, accounts, missions=None, *, outside=False):
    """Who answers whom by posts; weight = number of such posts.

    Reads posts, accounts and, where given, missions: the author answered is `reply_to_account_id`, else the author of
    the post answered where that is among the posts; others are counted as `unknown_authors`. An account that goes on in
    its own thread is a self-loop. Nodes, attributes and errors as in `tie_network`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "post_id": ["p", "q"], "account_id": ["1", "2"],
    ...     "reply_to_id": [None, "p"], "reply_to_account_id": [None, "1"]})
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2"], "ministry": "PER"})
    >>> list(reply_network(posts, accounts).edges(data="weight"))
    [('2', '1', 1.0)]
    """
    held = canonical(posts, "posts", [*POST, "account_id", "reply_to_id", "reply_to_account_id"])
    arcs, unknown = _answers(held.rename(answered="reply_to_id", author="reply_to_account_id"))
    return _among(arcs, accounts, missions, "reply", outside, unknown_authors=unknown)


def account_network(tables, *, tie="follow", wave="", platform="", registry=False, outside=False):
    """The network of a selection that `store.load` made: `tie` is follow, mention, repost or reply.

    Follows are those seen on the day `wave`, or all as last seen; the other ties are those of the posts selected, which
    know no wave. `platform` takes the accounts of one out of a selection of several. With `registry` missions without an
    account are nodes. Ties that files of networks hold under another name than follow are for `tie_network`. A tie of
    another kind, a wave of posts, and two platforms raise `TableError`.

    >>> from digidip import store
    >>> selection = store.load("sample", "PER", "x", of="follows")
    >>> len(account_network(selection, wave="2016-01-15")), len(account_network(selection, registry=True))
    (36, 142)
    """
    frames = {name: getattr(tables, name) for name in ("accounts", "follows", "posts", "entities")}
    if platform:
        frames = {name: frame.filter(_.platform == platform) for name, frame in frames.items()}
    accounts, follows, posts, entities = frames.values()
    missions = tables.missions if registry else None
    made = {
        "follow": lambda: tie_network(follows, accounts, missions, outside=outside, wave=wave),
        "mention": lambda: mention_network(entities, posts, accounts, missions, outside=outside),
        "repost": lambda: repost_network(posts, accounts, missions, outside=outside),
        "reply": lambda: reply_network(posts, accounts, missions, outside=outside),
    }
    if tie not in made or (wave and tie != "follow"):
        found = f"tie {tie!r}" + f" with wave {wave!r}" * bool(wave)
        raise TableError(f"{found}. Expected: {', '.join(made)}; a wave for follow alone. Choose one of these.")
    return made[tie]()


def _answers(posts):
    """Arcs to `author`, or else to the author of the post in `answered`; and for how many posts neither is known."""
    originals = posts.select("platform", answered=_.post_id, original=_.account_id)
    answers = posts.filter(_.answered.notnull() | _.author.notnull()).left_join(originals, ["platform", "answered"])
    pairs = answers.select(*POST, source=_.account_id, target=_.author.coalesce(_.original))
    return _counted(pairs.filter(_.target.notnull())), int(pairs.filter(_.target.isnull()).count().to_pyarrow().as_py())


def _counted(pairs):
    """One row per platform, source and target: how many posts."""
    return pairs.group_by(["platform", "source", "target"]).agg(weight=_.post_id.nunique().cast("float64"))


def _among(arcs, accounts, missions, tie, outside, **told):
    """The network of these arcs among accounts, and the registry's missions without one."""
    about = [name for name in ABOUT if name in accounts.columns]
    register = canonical(accounts, "accounts", ["platform", "account_id", *about]).to_pandas().sort_values("account_id")
    pairs = arcs.to_pandas()
    platforms = sorted({*register.platform, *pairs.platform})
    if len(platforms) > 1:
        raise TableError(
            f"accounts and ties are of {len(platforms)} platforms ({', '.join(platforms)}). Expected: one, since an id "
            "means an account on one platform only. Load with platform=…, or filter both tables."
        )
    nodes = {
        row["account_id"]: {"is_account": True} | {name: row[name] for name in about if isinstance(row[name], str)}
        for row in register.to_dict("records")
    }
    if missions is not None:
        whole = register.reindex(columns=["platform", "account_id", *ABOUT])
        told["registry"], told["unplaced"] = placed_nodes(nodes, whole, missions)
    return drawn(nodes, pairs, keep_outside=outside, tie=tie, platform="".join(platforms), **told)
