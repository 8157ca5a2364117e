"""What the intervals leave open about the order."""
