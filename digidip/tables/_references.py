"""The reference tables: what people know beside the exports; kinds of columns as in the canonical tables, and currency."""

from digidip.tables._schema import LABELS, PLATFORMS, SCHEMA, Column

REFERENCES = {
    "ministries": {
        "ministry": Column("text", "sending state, ISO 3166-1 alpha-3", True),
        "state": Column("text", "English short name", True),
        "region": Column("text", "region of the United Nations' M49, such as Americas", True),
        "subregion": Column("text", "subregion of M49, such as South America", True),
        "latitude": Column("number", "degrees north of the middle of its largest part", True),
        "longitude": Column("number", "degrees east of the same", True),
        "population": Column("count", "inhabitants"),
        "gdp_per_person": Column("number", "gross domestic product per inhabitant, international dollars (PPP)"),
        "year": Column("count", "calendar year of population and product"),
        "source": Column("text", "who counted", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "missions": {
        "mission_id": Column("id", "id of the row, kept by hand", True),
        "office": Column("text", "embassy, consulate, permanent mission, other", True),
        "ministry": Column("text", "sending state, ISO 3166-1 alpha-3", True),
        "receiving": Column("text", "receiving state, ISO 3166-1 alpha-3; missing for a mission to an organisation"),
        "city": Column("text", "seat of the mission"),
        "source": Column("text", "where the row is known from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "population": {
        "receiving": Column("text", "state, ISO 3166-1 alpha-3", True),
        "platform": Column("text", "platform, one of PLATFORMS", True),
        "year": Column("count", "calendar year", True),
        "user_count": Column("count", "inhabitants who use the platform", True),
        "source": Column("text", "who counted", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    # As the canonical table of delivered lists has them; a row kept by hand comes from no export.
    "events": {name: rule for name, rule in SCHEMA["events"].items() if not name.startswith("export")},
    "codings": {
        "codebook": Column("text", "name of the codebook, such as inquiry, topic, principles, profile", True),
        "item_id": Column("id", "post, comment or account that was coded", True),
        "variable": Column("text", "what was coded of it, such as kind or a principle", True),
        "coder": Column("text", "pseudonym of the coder", True),
        "code": Column("text", "what the coder chose; missing where the coder could not tell"),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "baseline": {
        "platform": Column("text", "platform, one of PLATFORMS", True),
        "account_id": Column("id", "ordinary account to compare with, by an id or a pseudonym", True),
        "kind": Column("text", "kind of institution, such as museum, university, city", True),
        "follower_count": Column("count", "followers when last observed", True),
        "posting_rate": Column("number", "own posts per week, without answers and reposts", True),
        "comment_count": Column("count", "top-level comments by others under its posts"),
        "answered_count": Column("count", "of these, answered by the account"),
        "mentioned_count": Column("count", "accounts that it mentions and whose posts are held"),
        "returned_count": Column("count", "of these, that mention it"),
        "source": Column("text", "who counted, when", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "documents": {
        "document_id": Column("id", "id of the document, kept by hand", True),
        "ministry": Column("text", "ministry that wrote or gave it, ISO 3166-1 alpha-3", True),
        "kind": Column(
            "text",
            "strategy, interview, speech, statement, talking points; news: what media write of the ministry",
            True,
        ),
        "published_on": Column("on", "day of publication; missing where nobody tells"),
        "lang": Column("text", "language as BCP 47; missing where nobody tells"),
        "text": Column("text", "the whole text", True),
        "source": Column("text", "where it is known from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "costs": {
        "item": Column("text", "what was paid for or worked at, such as an advertisement or a month of a page", True),
        "ministry": Column("text", "ministry that bore it, ISO 3166-1 alpha-3", True),
        "platform": Column("text", "platform it was for, one of PLATFORMS; missing for all or none"),
        "account_id": Column("id", "account it was for; missing for all or none"),
        "goal": Column("text", "goal it served, as in the table of goals; missing where nobody tells"),
        "begins_on": Column("on", "first day; missing where nobody tells"),
        "ends_on": Column("on", "last day; missing where nobody tells"),
        "kind": Column("text", "money or hours", True),
        "amount": Column("number", "money in the currency, or hours; missing where nobody tells"),
        "currency": Column("currency", "currency, ISO 4217, in any case; missing for hours"),
        "source": Column("text", "where the row is known from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "goals": {
        "ministry": Column("text", "ministry, ISO 3166-1 alpha-3", True),
        "goal": Column("text", "goal in the ministry's own words", True),
        "indicator": Column("text", "what is to show that it is reached; missing where nobody named one"),
        "measure": Column("text", "measure of digidip that computes the indicator; missing where there is none"),
        "weight": Column("number", "weight of the goal beside the others, 0 or more; missing where nobody gave one"),
        "source": Column("text", "where the row is known from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "practices": {
        "ministry": Column("text", "ministry, ISO 3166-1 alpha-3", True),
        "account_id": Column("id", "account that has the practice; missing for the ministry as a whole"),
        "item": Column("text", "the practice, as its list names it", True),
        "value": Column("number", "how far it is practised, 0 to 1; missing where nobody tells"),
        "since_on": Column("on", "first day of the practice; missing where it is not practised, or nobody tells"),
        "said_by": Column("text", "self-report or observed", True),
        "source": Column("text", "where the row is known from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
}

# Words that a column of a reference table may have, where they are few and known: of every table, and of one.
REFERENCE_WORDS = {name: {"label": LABELS, "platform": PLATFORMS} for name in REFERENCES}
REFERENCE_WORDS["costs"] |= {"kind": ("money", "hours")}
REFERENCE_WORDS["practices"] |= {"said_by": ("self-report", "observed")}


def currency_code(text):
    """A currency as its code of ISO 4217, past ones too, in capitals; None where it is none.

    >>> currency_code(" usd"), currency_code("LTL"), currency_code("dollars")
    ('USD', 'LTL', None)
    """
    from babel.numbers import normalize_currency  # here: few runs read a ledger

    return None if text is None else normalize_currency(str(text).strip().upper())
