"""Everything Labfeed remembers: tables, the questions asked of them, and the one way readings are written."""
