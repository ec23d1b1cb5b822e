"""Names in texts: whoever commented anywhere in a holding is not named in the comments of others."""

import ibis
from ibis import _

from digidip.clean._pseudonyms import composed
from digidip.engine import count, named
from digidip.tables import PLACE

NAME = "[name]"
SHORTEST = 8  # letters and blanks of a name: shorter ones are words of every text


@ibis.udf.scalar.builtin(name="regexp_escape", signature=(("string",), "string"))
def _escaped(text):
    """Engine function: text as a pattern that finds it alone."""


def hide_names(comments, names):
    """The comments with every name of `names`, a table with the column name, as [name] in `text`.

    Found are names of two words or more and eight characters or more, whole, in any case and either form of accents. A text
    is compared with those names alone whose first two words stand side by side in it, so that a million texts and a
    hundred thousand names are one join. Names of one word stay, as do those written without blanks (Chinese, Japanese).

    >>> import ibis
    >>> rows = {"export": ["a"] * 2, "export_row": [1, 2], "text": ["thanks ANA  Perez!", "and Bob Smithson?"]}
    >>> found = hide_names(ibis.memtable(rows), ibis.memtable({"name": ["Ana Perez", "Bob Smith", "Bob"]}))
    >>> found.order_by("export_row").text.to_list()
    ['thanks [name]!', 'and Bob Smithson?']
    """
    people = names.select(name=composed(_.name.strip())).filter(_.name.length() >= SHORTEST).distinct()
    people = people.mutate(words=_words(_.name)).filter(_.words.length() > 1, _.name.re_search(r"\S\s\S"))
    people = people.select("name", pair=_.words[0] + " " + _.words[1])
    if not count(people):
        return comments
    texts = comments.filter(_.text.contains(" ")).select(*PLACE, words=_words(composed(_.text)))
    words = texts.words
    pairs = ibis.range(words.length() - 1).map(lambda place: words[place] + " " + words[place + 1])
    pairs = texts.select(*PLACE, pair=pairs.unique().unnest())
    # Of words the engine knows those of Latin letters without accents; a class of all letters costs a millisecond a text.
    ends = (ibis.ifelse(_.name.re_search(end), r"\b", "") for end in (r"^\w", r"\w$"))
    pattern = next(ends) + _escaped(_.name).re_replace(r"(?:\\?\s)+", r"\\s+") + next(ends)
    found = pairs.inner_join(people, "pair").mutate(pattern=pattern, size=_.name.length())
    found = found.group_by(PLACE).aggregate(names=_.pattern.group_concat("|", order_by=[ibis.desc("size"), "pattern"]))
    found = named(found, held=True)
    joined = comments.left_join(found, list(PLACE))
    shown = composed(joined.text).re_replace("(?i)" + joined.names, NAME)
    text = ibis.ifelse(joined.names.notnull(), shown, joined.text)
    return joined.mutate(text=text).select(comments.columns)


def _words(text):
    return text.lower().re_split(r"[^\p{L}\p{N}\p{M}]+").filter(lambda word: word != "")
