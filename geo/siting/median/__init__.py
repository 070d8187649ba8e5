"""Least total burden of going to the nearest open site: p-median, Kolm-Pollak and coverage, large instances, proven."""
