"""The management report: how far are we, and what is in the way; as a page, and the same tables as a workbook.

figures/     pure functions: frames of a release in, small tidy frames out
sections/    the sections: the answer in a sentence, the tables, the charts
model.py     what a section is
words.py     codes -> words
charts.py    Vega-Lite -> SVG
page.py      report/index.html, by page.html.j2
book.py      the workbook
"""

from oso_pipeline.outputs.report.book import write_report_workbook
from oso_pipeline.outputs.report.page import REPORT, REPORTED, draw_report, write_page, write_report

__all__ = [
    "REPORT",
    "REPORTED",
    "draw_report",
    "write_page",
    "write_report",
    "write_report_workbook",
]
