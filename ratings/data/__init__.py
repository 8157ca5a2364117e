"""What was voted: battles as arrays, their sums, and the files they come from."""
