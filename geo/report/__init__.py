"""What a planner takes away: report, hearing pack, sheets, annex, workbook, layers, the index, and their delivery."""

from geo.report.delivery import deliver
from geo.report.gis.layers import write_layers
from geo.report.index import IndexEntry, folder_name, index_entry, write_index
from geo.report.page import write_report
from geo.report.workbook.writer import write_tables

__all__ = [
    "IndexEntry",
    "deliver",
    "folder_name",
    "index_entry",
    "write_index",
    "write_layers",
    "write_report",
    "write_tables",
]
