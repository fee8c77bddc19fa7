"""What Labfeed does in a second, beside other ways to do the same on the same machine: `make bench`."""
