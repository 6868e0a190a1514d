"""Files in and out: readers, dry run, exports."""

from ingest.dry_run import dry_run
from ingest.plan import Plan
from ingest.readers.sheets import Stamp
from ingest.writers import empty_workbook, export

__all__ = ["Plan", "Stamp", "dry_run", "empty_workbook", "export"]
