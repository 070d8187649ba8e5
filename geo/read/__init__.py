"""Files -> checked tables. Every reader gathers its faults; a missing or unreadable file is one error at once.

Nothing heavy is imported here: take the readers from their modules (`tabular`, `settlements`, `boundaries`,
`facilities`, `osm`, `lines`, `overpass`, `population`, `sources`).
"""
