"""What measures of audiences share: the audiences of each item as most coders see them, and commenters beside the post."""

import pandas as pd

from digidip.measures.listening._address_terms import UNKNOWN
from digidip.measures.listening._labels import labelled
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import POST, to_pandas
from digidip.tables import TableError

RULE, MAIN, ALSO = "rule", "main", "also"
ADDRESSED, ANSWERING, FOLLOWING = "addressed", "answering", "following"


def main_codings(codings):
    """The codings of the audience seen first."""
    if absent := [name for name in ("variable", "coder") if name not in codings.columns]:
        raise TableError(f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}.")
    frame = to_pandas(codings)
    return frame[frame.variable.isin([MAIN])]


def audience_items(codings, codebook, by, gate):
    """One row per item: group, `classes` (audiences that more than half of its coders name; empty: unknown), `post_id`, `author`, `side`.

    `classes` is missing where coders differ or fail the gate of the side; `absent` then says so.
    """
    frame = to_pandas(codings)
    keep = [name for name in ("side", "post_id", "author", "message", "platform") if name in frame.columns]
    agreed = [name for name in ("side", "variable") if name in frame.columns]
    items = labelled(frame, codebook, by, model=RULE, gate=gate, agreed_by=agreed, cluster="post_id", keep=keep)
    if "main" in set(items.variable):
        items = items[items.variable.eq(MAIN)]
    items = items.drop_duplicates("item_id", ignore_index=True)
    votes = coded(frame, codebook).dropna(subset="code")
    votes = votes[votes.coder.ne(RULE)]
    coders = votes.groupby("item_id").coder.nunique()
    chosen = votes.groupby(["item_id", "code"]).coder.nunique().reset_index()
    chosen = chosen[chosen.coder > chosen.item_id.map(coders).astype("float64") / 2]
    sets = chosen[chosen.code.ne(UNKNOWN)].groupby("item_id").code.agg(lambda own: tuple(sorted(own)))
    is_known = items.item_id.isin(chosen.item_id) & items.absent.isna()
    found = [sets.get(item, ()) if known else None for item, known in zip(items.item_id, is_known, strict=True)]
    items["classes"] = pd.Series(found, items.index, dtype="object")
    items["is_split"] = items.classes.isna() & items.item_id.isin(coders.index)
    return items


def of_side(items, side):
    """The items of one side; those of the other stay, so that their groups do, and nothing is known of them."""
    if "side" not in items.columns:
        return items
    is_other = ~items.side.eq(side)
    return items.assign(
        classes=items.classes.mask(is_other, None),
        absent=items.absent.mask(is_other, None),
        is_split=items.is_split & ~is_other,
    )


def commenters_of_posts(codings, codebook, by, gate):
    """Commenters under coded posts: group, `meant` (audiences of the post), `classes` (of the commenter), one row for each and post."""
    codings = to_pandas(codings)
    if absent := [name for name in ("side", "post_id", "author", "platform") if name not in codings.columns]:
        raise TableError(
            f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}. Use `audience_codings`."
        )
    members = audience_items(codings, codebook, by, gate)
    posts = members[members.side.eq(ADDRESSED)].dropna(subset="classes")
    meant = posts[[*POST, "classes"]].rename(columns={"classes": "meant"})
    answering = members[~members.side.eq(ADDRESSED)].copy()
    answering["author"] = answering.author.where(answering.author.notna(), answering.item_id)
    known = answering.dropna(subset="classes")
    joined = known.groupby([*POST, "author"], sort=False).classes.agg(
        lambda sets: tuple(sorted({each for own in sets for each in own}))
    )
    first = known.drop_duplicates([*POST, "author"]).drop(columns="classes")
    people = first.merge(joined.reset_index(), on=[*POST, "author"]).merge(meant, how="inner", on=POST)
    if by:  # a row without a person keeps each group, with the reason why it may have none
        empty = members.groupby(by, dropna=False).absent.first().reset_index().assign(one=False, is_split=False)
        people = pd.concat([people, empty.astype(object)], ignore_index=True)
    return people.sort_values([*by, *POST, "author"], ignore_index=True)


def audience_names(classes):
    """The audiences of a set, unknown where it has none; nothing where nothing is known of it."""
    return classes or (UNKNOWN,) if isinstance(classes, tuple) else ()
