"""Bluesky, Mastodon, ActivityPub."""
