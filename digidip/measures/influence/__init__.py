"""Influence: whether attention rose above what was to be expected, who leads it, and whether a rise can be seen coming."""
