"""Exports of X: API pages, archives, collectors, scrapers, lists of ids."""
