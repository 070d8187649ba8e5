"""Workbooks of Excel and LibreOffice, read cell by cell in bounded time and memory.

The formats are read here and not by a library: those there are take what a file says of itself on trust, and a few
changed bytes make them ask for all the memory there is (docs/bad-input.md). One module for each format (`xlsx`, `xls`,
`ods`), what they share in `sheet` and `parts`, the choice between them in `choice`.
"""
