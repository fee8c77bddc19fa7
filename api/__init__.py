"""The door for programs: reading what was stored, and asking the server how it is."""
