"""Influence: bursts of attention, and how early and how falsely they would have warned."""
