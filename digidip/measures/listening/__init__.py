"""Listening: do followers stay when they are ignored, what do counts of followers tell, what do coders find in posts?"""
