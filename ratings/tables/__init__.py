"""Who gets a number, and the tables that people and programs read."""
