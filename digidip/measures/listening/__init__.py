"""Listening: what coders find in posts."""
