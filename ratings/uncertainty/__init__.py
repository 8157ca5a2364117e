"""How far a strength may be off: covariances, intervals, resampling."""
