"""The report of a sweep: one page, its pictures, a table and five sentences."""

from sim.report.page import conclusions, write_report

__all__ = ["conclusions", "write_report"]
