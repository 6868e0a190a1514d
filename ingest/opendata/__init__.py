"""Official French geography that comes with the project, and the command that builds it from published files."""

from ingest.opendata.reference import Found, Place, Reference, reference

__all__ = ["Found", "Place", "Reference", "reference"]
