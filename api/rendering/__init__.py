"""Files that are no text, Parquet and Excel: made of the tidy CSV lines, by a process of its own.

pyarrow takes fifty megabytes, and XlsxWriter thirteen seconds of Python for a million readings: neither belongs into
the process whose one thread keeps every live page breathing. `making` begins `python -m api.rendering`, hands it a
`Table` and the lines, and sends on the file that it wrote; when that is over, so is what it took.
"""
