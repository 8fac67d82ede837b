"""``manage.py`` at the time that a test has moved the workers' clocks to."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import time_machine
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    file = Path(os.environ["EXAMPLE_CLOCK_OFFSET_FILE"])
    offset = float(file.read_text()) if file.exists() else 0.0
    with time_machine.travel(timedelta(seconds=offset), tick=True):
        execute_from_command_line(sys.argv)
