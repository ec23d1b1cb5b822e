"""Influence: whether attention rose above what was to be expected, and how early and how falsely bursts would have warned."""
