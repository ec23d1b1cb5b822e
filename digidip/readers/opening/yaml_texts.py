"""YAML that people edit, read as texts alone."""

import yaml


class _Loader(yaml.BaseLoader):
    """Every scalar stays text, so that `NO` is Norway and 2016-01-01 a date as written; no key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [str(key.value) for key, _value in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"line {node.start_mark.line + 1}: found {twice!r} twice. Expected: each key once")
        return super().construct_mapping(node, deep)


def texts_of(text):
    """The content of a YAML; a key that stands there twice raises `ValueError`, no YAML `yaml.YAMLError`.

    >>> texts_of("state: NO\\nsince: 2016-01-01")
    {'state': 'NO', 'since': '2016-01-01'}
    """
    return yaml.load(text, Loader=_Loader)  # a loader of texts alone
