"""Media: which kinds posts carry, and how evenly; reposts are another's and left out."""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.posts._languages import with_language
from digidip.measures.posts._media import UNKNOWN, main_medium, media_posts
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table
from digidip.tables import MEDIA, TableError

NOTHING = "not defined: the export tells no media"


@measure(unit="share of posts", keys=("medium_kind",), columns=("method",))
def medium_share(posts, entities=None, *, by="ministry", zone="UTC"):
    """Share of posts that carry each kind of medium; one with several counts under each.

    Formula: posts with the kind / posts of which the kinds are known. Interval: Wilson at the effective number of posts,
    local days as clusters; one-sided exact bound for none or all. `not given`: share of all posts of which no kind is known.
    **Unit** share of posts. **Reads** posts.medium, posts.posted_at, posts.repost_of_id; entities of kind medium.
    **Source** Wilson 1927 (doi:10.1080/01621459.1927.10502953); docs/methods.md#media; docs/methods.md#uncertainty.
    **Caution** Shares add up to more than 1 where posts carry several. Photo, video and audio have a row even where none is
    held: the bound then says how many there may be, if the export has a word for the kind at all. A post that is a link card
    with a picture is what its platform calls it. No interval from fewer than eight days.
    Parameters: `posts`; `entities`, without which a post has the one kind of posts.medium; `by`, columns of posts; `zone`.
    Returns the group columns, `medium_kind`, `medium_share`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("1234"),
    ...     "posted_at": "2016-03-07", "medium": ["photo", "text", None, "photo"], "repost_of_id": None})
    >>> medium_share(posts).query("medium_share > 0")[["medium_kind", "medium_share", "n"]].round(3).values.tolist()
    [['photo', 0.667, 3], ['text', 0.333, 3], ['not given', 0.25, 4]]
    """
    by = group_columns(by)

    def rows(part):
        known = part[[bool(kinds) for kinds in part.media]]
        held = set().union(*known.media)
        kinds = [kind for kind in MEDIA if kind in held or kind in ("photo", "video", "audio")]
        found = [_share_of_days(kind, known, [kind in media for media in known.media]) for kind in kinds]
        unknown = [_share_of_days(UNKNOWN, part, [not media for media in part.media])] * bool(len(known))
        return [*found, *unknown]

    columns = {"medium_kind": "str", "medium_share": "float64", **NUMBERS, "method": "str"}
    return result_table(media_posts(posts, entities, by, zone), by, rows, columns)


def _share_of_days(kind, part, events):
    """The row of one kind."""
    if part.empty:
        return {"medium_kind": kind, "n": 0, "method": NOTHING}
    days = pd.Series(events, part.index, dtype=float).groupby(part.day).agg(["sum", "size"]).to_numpy().T
    return {"medium_kind": kind, **clustered_share_row("medium_share", *days)}


@measure(unit="effective number", keys=("of",), columns=("kinds", "evenness", "method"))
def effective_mix(posts, entities=None, *, of=("media", "languages"), least=40, by="ministry", zone="UTC"):
    """How many media, or languages, a mix is worth: as many equally frequent ones would be as diverse.

    Formula: exp(H), H = - Σ s ln s over the shares s of posts in each. `evenness`: H / ln k of the k that occur, missing for
    one. Interval: t of the logarithm, each local day left out in turn, days in order.
    **Unit** effective number. **Reads** posts.medium, text, lang, posted_at, repost_of_id; entities of kind medium.
    **Source** Hill 1973 (doi:10.2307/1934352); docs/methods.md#media; docs/methods.md#languages; docs/methods.md#uncertainty.
    **Caution** Few posts miss rare kinds, so it grows with n: compare groups of like size. Posts with several media are a
    kind of their own; unknown kinds and undetermined languages are left out. No interval from fewer than eight days.
    Parameters: as `medium_share`; `of` "media" and "languages"; `least`, characters as in `language_share`.
    Returns the group columns, `of`, `effective_mix`, `n` (posts), `low`, `high`, `kinds`, `evenness`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("1234"),
    ...     "posted_at": "2016-03-07", "medium": ["photo", "text", "text", "photo"], "repost_of_id": None})
    >>> effective_mix(posts, of="media")[["effective_mix", "kinds", "evenness"]].round(6).values.tolist()
    [[2.0, 2.0, 1.0]]
    """
    by, of = group_columns(by), group_columns(of)
    if unknown := set(of) - {"media", "languages"}:
        raise TableError(f"of must be 'media' or 'languages', not {unknown.pop()!r}.")
    extra = ["text", "lang"] if "languages" in of else []
    frame = media_posts(posts, entities, by, zone, *extra)
    frame = frame.assign(media=pd.Series(main_medium(frame.media), frame.index, dtype="object").replace(UNKNOWN, None))
    if extra:
        frame = with_language(frame, least).rename(columns={"language": "languages"})
        frame["languages"] = frame.languages.replace("und", None)
    columns = {
        "of": "str",
        "effective_mix": "float64",
        **NUMBERS,
        "kinds": "int64",
        "evenness": "float64",
        "method": "str",
    }
    return result_table(frame, by, lambda part: [_effective_row(part, each) for each in of], columns)


def _effective_row(part, of):
    known = part.dropna(subset=of)
    if known.empty:
        return {"of": of, "n": 0, "kinds": 0, "method": "not defined: no known " + of}
    days = pd.crosstab(known.day, known[of]).to_numpy(float)
    value, low, high = jackknife_interval(_effective_number, days, "log")
    kinds = days.shape[1]
    fields = {"of": of, "effective_mix": value, "n": len(known), "low": low, "high": high, "kinds": kinds}
    fields["evenness"] = np.log(value) / np.log(kinds) if kinds > 1 else np.nan
    return fields | {"method": day_method(value, low, days.shape[0])}


def _effective_number(sums):
    """exp of the entropy of each row of counts.

    >>> _effective_number(np.array([[2.0, 2.0], [4.0, 0.0]])).round(6).tolist()
    [2.0, 1.0]
    """
    shares = divide(sums, sums.sum(axis=1, keepdims=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.exp(-np.nansum(shares * np.log(shares), axis=1))
