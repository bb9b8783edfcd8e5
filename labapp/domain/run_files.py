"""What the files of a run's directory are called; those that are evidence have the same names in a bundle."""

from __future__ import annotations

PROJECT = "project.toml"
PICS = "pics.toml"
PLAN = "plan.json"
JOURNAL = "journal.jsonl"
RESULT = "run.json"
#: What the self-test of the judge found, where it was run.
SELFTEST = "selftest.json"

#: Folder of what the device uploaded and what else was kept.
FILES = "files"
#: Folder of report and workbook.
REPORT = "report"
