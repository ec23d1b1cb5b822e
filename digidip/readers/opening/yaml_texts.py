"""YAML that people edit, read as texts alone."""

import yaml

BASE = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DEEPEST_NESTING = 50  # lists and mappings in one another: the parser in C ends the whole process over thousands


class _Loader(BASE):
    """Every scalar stays text, so that `NO` is Norway and 2016-01-01 a date as written; no key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [str(key.value) for key, _value in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"line {node.start_mark.line + 1}: found {twice!r} twice. Expected: each key once")
        return super().construct_mapping(node, deep)


def texts_of(text):
    """The content of a YAML; a key that stands there twice raises `ValueError`, no YAML `yaml.YAMLError`.

    So do aliases, by which a few lines can stand for billions, and lists in lists deeper than 50.

    >>> texts_of("state: NO\\nsince: 2016-01-01")
    {'state': 'NO', 'since': '2016-01-01'}
    """
    _refuse_traps(text)
    return yaml.load(text, Loader=_Loader)  # a loader of texts alone


def _refuse_traps(text):
    """Stop at an alias, or at too deep a list, before anything is made of the text."""
    depth = 0
    for event in yaml.parse(text, Loader=BASE):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST_NESTING:
            found = "an alias (*…)" if depth <= DEEPEST_NESTING else f"more than {DEEPEST_NESTING} lists in one another"
            raise ValueError(
                f"line {event.start_mark.line + 1}: found {found}. Expected: each value written where it belongs"
            )
