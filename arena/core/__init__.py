"""What the arena can do; the only place with rules.

Session rule: a command commits exactly once and returns what it assembled before the commit;
a query never commits; an edge never commits. Clock, random generator, settings and session are arguments.
"""
