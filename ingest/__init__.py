"""Files in and out: readers, dry run, exports."""

from ingest.dry_run import dry_run
from ingest.plan import Plan

__all__ = ["Plan", "dry_run"]
