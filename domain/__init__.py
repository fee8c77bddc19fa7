"""Plain values and rules: what Labfeed talks about, in the standard library alone."""
