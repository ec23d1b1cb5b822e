"""Listening: do ignored followers leave, what do coders and classifiers find in comments and posts, whom do posts address?"""
