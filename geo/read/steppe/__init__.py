"""The synthetic steppe: a seeded study of three districts (`study`) and a whole country (`country`), all invented.

Nothing is imported here: take what is needed from the modules. What is invented, what is alike to Kazakhstan and what
is not stands in ``docs/steppe-realism.md``, which `realism` writes.
"""
