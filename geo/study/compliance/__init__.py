"""Settlements against the norms of a study: which norms, what they are checked against, what is missing where."""
