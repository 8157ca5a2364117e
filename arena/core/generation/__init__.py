"""Ask an endpoint for the outputs that a contestant does not have yet."""
