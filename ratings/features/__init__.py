"""Style features: what can be counted or measured on an output without asking whether it is good."""
