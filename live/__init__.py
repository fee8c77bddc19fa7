"""The live path: moves fresh readings from where they were stored to everyone who watches, at once."""
