"""States by the names that registries give them."""

import pycountry


def states(names):
    """Name → ISO 3166-1 alpha-3, or None."""
    known = {state.name: state.alpha_3 for state in pycountry.countries}
    return {name: known.get(name) for name in names}
