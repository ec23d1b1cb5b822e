"""Bytes to records: encodings, archives, packed copies, delimited text, JSON, cells."""
