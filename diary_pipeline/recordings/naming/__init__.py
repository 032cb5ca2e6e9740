"""What names of files and folders say: a grammar of dates, clocks, zones, counters and noise."""

from diary_pipeline.recordings.naming.folders import folder_day, is_date_folder, is_recorder_folder
from diary_pipeline.recordings.naming.reading import NameReading, read_clock, read_name

__all__ = ["NameReading", "folder_day", "is_date_folder", "is_recorder_folder", "read_clock", "read_name"]
