"""Who may come in: every address is guarded unless it is public by name."""
