"""Files in and out: readers, dry run, exports."""

from ingest.dry_run import dry_run
from ingest.plan import Plan
from ingest.readers.sheets import Stamp
from ingest.writers import export, template

__all__ = ["Plan", "Stamp", "dry_run", "export", "template"]
