"""How much a rating can be trusted: agreement, prediction, misfit, and how few votes would change it."""
