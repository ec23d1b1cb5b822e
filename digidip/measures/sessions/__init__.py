"""Question sessions, their topics, crises and other occasions."""
