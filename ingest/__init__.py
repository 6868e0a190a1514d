"""Files in and out: readers, dry run, exports."""

from ingest.dry_run import dry_run
from ingest.plan import Plan
from ingest.readers.sheets import Stamp
from ingest.writers import empty_workbook, export
from ingest.writers.sheets import csv_of, workbook

__all__ = ["Plan", "Stamp", "csv_of", "dry_run", "empty_workbook", "export", "workbook"]
