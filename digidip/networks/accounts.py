"""Accounts: who follows, mentions, reposts, answers whom; and added up, ties between their states."""

import ibis
import pandas as pd
from ibis import _

from digidip.networks.graph import built_network, canonical_network
from digidip.networks.missions import mission_network, observation_days, place_nodes
from digidip.tables import TIES, TableError, canonical, day_start

ABOUT = ("handle", "name", "ministry", "office", "receiving", "city")
POST = ["platform", "post_id"]


def tie_network(follows, accounts, missions=None, *, tie="follow", outside=False, wave=""):
    """Who follows whom among the accounts; weight as the file gives it.

    `tie` names another tie of the table of follows.
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
    arcs = _last_arcs(_ties_of_wave(held.filter(_.tie == tie), tie, wave))
    return _network_among(arcs, accounts, missions, tie, outside)


def _last_arcs(ties):
    """One arc per platform, source and target: the weight of the tie as last seen."""
    ends = ["platform", "source_id", "target_id"]
    last = ties.filter(_.observed_at == _.observed_at.max().over(group_by=ends))
    return last.group_by(ends).agg(weight=_.weight.max()).rename(source="source_id", target="target_id")


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


def _ties_of_wave(ties, tie, wave):
    """The ties seen on a day, all where none is named; another day is an error that says which have some."""
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
    return _network_among(_mention_arcs(entities, posts, hashtags), accounts, missions, "mention", outside)


def _mention_arcs(entities, posts, hashtags=()):
    """Arcs to who is mentioned, from the entities of posts that are no reposts."""
    own = canonical(posts, "posts", [*POST, "account_id", "repost_of_id"]).filter(_.repost_of_id.isnull())
    entities = canonical(entities, "entities", [*POST, "kind", "value"])
    named = entities.filter(_.kind == "mention")
    tags = [hashtags] if isinstance(hashtags, str) else hashtags
    if wanted := [tag.strip().lstrip("#").lower() for tag in tags if tag.strip()]:
        carried = (_.kind == "hashtag") & _.value.lower().re_replace("^#", "").isin(wanted)
        named = named.semi_join(entities.filter(carried), POST)
    pairs = named.inner_join(own, POST).select(*POST, source=_.account_id, target=_.value)
    return _posts_per_pair(pairs)


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
    arcs, unknown = _repost_arcs(posts)
    return _network_among(arcs, accounts, missions, "repost", outside, **unknown)


def _repost_arcs(posts):
    """Arcs to the authors of what is reposted, and the number of unknown ones."""
    held = canonical(posts, "posts", [*POST, "account_id", "repost_of_id"]).rename(answered="repost_of_id")
    return _arcs_to_authors(held.mutate(author=ibis.null("string")))


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
    arcs, unknown = _reply_arcs(posts)
    return _network_among(arcs, accounts, missions, "reply", outside, **unknown)


def _reply_arcs(posts):
    """Arcs to the authors answered, and the number of unknown ones."""
    held = canonical(posts, "posts", [*POST, "account_id", "reply_to_id", "reply_to_account_id"])
    return _arcs_to_authors(held.rename(answered="reply_to_id", author="reply_to_account_id"))


def account_network(tables, *, tie="follow", wave="", platform="", registry=False, outside=False):
    """The network of a selection that `store.load` made: `tie` is follow, mention, repost or reply.

    Follows are those seen on the day `wave`, or all as last seen. The other ties, which know no wave, are those of the
    posts selected and those that files of networks hold (table follows): of a pair that both tell, the greater weight,
    since a file may have counted the same posts. Where a file tells a time for each of its ties, those in the window of
    the selection add up; ties of a file without times are taken whatever the window. `platform` takes the accounts of
    one out of a selection of several. With `registry` missions without an account are nodes. A tie of another kind (for
    those `tie_network`), a wave of anything but follows, and two platforms raise `TableError`.

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
    if tie not in ("follow", "mention", "repost", "reply"):
        raise TableError(f"tie {tie!r}. Expected: follow, mention, repost, reply. Choose one of these.")
    if wave and tie != "follow":
        raise TableError(
            f"wave {wave!r} with tie {tie!r}. Expected: no wave, since ties of posts are those of the window and not of a "
            "crawl. Leave wave empty, or choose tie 'follow'."
        )
    if tie == "follow":
        return tie_network(follows, accounts, missions, outside=outside, wave=wave)
    if tie == "mention":
        of_posts, unknown = _mention_arcs(entities, posts), {}
    else:
        of_posts, unknown = (_repost_arcs if tie == "repost" else _reply_arcs)(posts)
    of_files = _last_arcs(_acts_added_up(follows.filter(_.tie == tie), tables)).select(of_posts.columns)
    arcs = ibis.union(of_posts, of_files).group_by(["platform", "source", "target"]).agg(weight=_.weight.max())
    return _network_among(arcs, accounts, missions, tie, outside, **unknown)


def _acts_added_up(ties, tables):
    """Ties other than follows; of files that tell a time for each, those in the window, of one pair as one of the last time."""
    ends = ["platform", "source_id", "target_id"]
    ties = ties.mutate(times=_.observed_at.nunique().over(group_by="export"))
    dated = _in_window(ties.filter(_.times > 1), tables).group_by(ends)
    added = dated.agg(weight=_.weight.fill_null(1.0).sum(), observed_at=_.observed_at.max())
    return ibis.union(ties.filter(_.times == 1).select(added.columns), added)


def _in_window(ties, tables):
    """The ties seen in the window of a selection."""
    for day, is_inside in ((tables.start, _.observed_at.__ge__), (tables.end, _.observed_at.__lt__)):
        ties = ties.filter(is_inside(day_start(day, tables.zone))) if day else ties
    return ties


def _arcs_to_authors(posts):
    """Arcs to `author`, else to the author of the post in `answered`; and how many posts have neither, as `unknown_authors`."""
    originals = posts.select("platform", answered=_.post_id, original=_.account_id)
    answers = posts.filter(_.answered.notnull() | _.author.notnull()).left_join(originals, ["platform", "answered"])
    pairs = answers.select(*POST, source=_.account_id, target=_.author.coalesce(_.original))
    unknown = int(pairs.filter(_.target.isnull()).count().to_pyarrow().as_py())
    return _posts_per_pair(pairs.filter(_.target.notnull())), {"unknown_authors": unknown}


def _posts_per_pair(pairs):
    """One row per platform, source and target: how many posts."""
    return pairs.group_by(["platform", "source", "target"]).agg(weight=_.post_id.nunique().cast("float64"))


def _network_among(arcs, accounts, missions, tie, outside, **attributes):
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
        attributes["registry"], attributes["unplaced"] = place_nodes(nodes, whole, missions)
    return built_network(nodes, pairs, keep_outside=outside, tie=tie, platform="".join(platforms), **attributes)


def state_network(graph):
    """Ties between states: the ties of their accounts added up.

    `graph` is a network of accounts, best one that keeps the ends outside (`outside=True`). Nodes are the states with an
    account, each with `accounts` (how many) and `ties_sent` (by its accounts, to anyone): a state without an account is
    a structural zero and no node, one that sends nothing to anyone may never have been looked at. `weight` is the sum of
    weights. Attributes of the graph: `tie`, `platform`, `within` (ties inside one state), `outside` (ties from or to
    accounts of no state), both left out.

    >>> import networkx
    >>> accounts = networkx.DiGraph([("1", "2"), ("1", "3"), ("3", "1")])
    >>> for node, state in {"1": "PER", "2": "PER", "3": "FRA"}.items(): accounts.nodes[node]["ministry"] = state
    >>> states = state_network(accounts)
    >>> list(states.edges(data="weight")), states.graph["within"], states.nodes["PER"]["ties_sent"]
    ([('FRA', 'PER', 1.0), ('PER', 'FRA', 1.0)], 1, 2)
    """
    network = canonical_network(graph)
    states = pd.Series({node: _state_of(given) for node, given in network.nodes.items()}, dtype="object").dropna()
    ties = pd.DataFrame(network.edges(data="weight"), columns=["source", "target", "weight"])
    between = ties.assign(source=ties.source.map(states), target=ties.target.map(states))
    sent, held = between.source.value_counts(), states.value_counts()
    nodes = {s: {"ministry": s, "accounts": int(held[s]), "ties_sent": int(sent.get(s, 0))} for s in sorted(held.index)}
    known = between.dropna(subset=["source", "target"])
    across = known[known.source != known.target].groupby(["source", "target"], as_index=False).weight.sum()
    attributes = {name: graph.graph[name] for name in ("tie", "platform") if name in graph.graph}
    made = built_network(nodes, across, **attributes)
    made.graph |= {"within": int((known.source == known.target).sum())}
    made.graph["outside"] = graph.graph.get("outside", 0) + len(between) - len(known)
    return made


def _state_of(given):
    """The state of an account; None for a mission without one, and for an end outside."""
    return given.get("ministry") if given.get("is_account", True) else None


def online_network(tables, online):
    """The network of states that stands for "online": ties of accounts added up, or earlier embassies.

    `tables` are those of `store.load`, of one platform. Follows count as each account had them when last observed in the
    window of the selection: choose it so that it holds one crawl of all accounts, since a later crawl of other scope
    takes the place of an earlier one. "embassy" takes the missions as first observed in the holding, to set beside the
    same as last observed; a holding that observed them once, and another word, raise `TableError`.

    >>> from digidip import store
    >>> selection = store.load("sample", platform="x", start="2016-01-01", end="2016-01-15", of="missions")
    >>> online_network(selection, "follow").number_of_edges()
    2310
    """
    if online == "embassy":
        return mission_network(tables.missions, at=_first_observation(tables.missions))
    if online == "follow":
        return state_network(_last_follows(tables))
    return state_network(account_network(tables, tie=online, outside=True))


def _last_follows(tables):
    """Who follows whom, each account as last observed in the window."""
    follows = _in_window(tables.follows.filter(_.tie == "follow"), tables)
    last = follows.filter(_.observed_at == _.observed_at.max().over(group_by=["platform", "source_id"]))
    return tie_network(last, tables.accounts, outside=True)


def _first_observation(missions):
    """The first day of observation, if there is a later one."""
    days = observation_days(missions)
    if len(days) < 2:
        raise TableError(
            f"missions: observed on {', '.join(days) or 'no day'}. Expected: two days at least, to set the embassies as "
            "last seen beside those as first seen. Add an earlier registry with its --retrieved, or choose other ties."
        )
    return days[0]
