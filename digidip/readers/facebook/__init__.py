"""Exports of Facebook and Instagram: CrowdTangle, Meta Content Library, Netvizz, Graph API, scrapers."""
