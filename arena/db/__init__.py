"""Tables and engine. Knows SQLModel and nothing else of the arena."""
