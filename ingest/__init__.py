"""Reading files: workbooks, folders, foreign formats."""
