"""Application: command line, HTTP, pages, settings."""
