"""The doors of other servers: each only translates between its language and ours, and comes in by `ingest.intake`."""
