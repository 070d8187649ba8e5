"""The tables of a result: a workbook for people, CSV twins for machines."""
